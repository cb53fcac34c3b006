// The devices table, the only file that spells its columns; who hears what, and what a delivery leads to.
#include "kernel/modules/notifications/notifications.hpp"

#include <spdlog/spdlog.h>

#include <florin/crypto.hpp>

#include "kernel/modules/api/fields.hpp"
#include "kernel/modules/idempotency/idempotency.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

namespace {

std::string token_place(const std::string& merchant, const std::string& id) { return merchant + "/" + id + "/token"; }

std::vector<std::string> devices_of(Session& session, const std::string& merchant, const std::string& notifier) {
  std::vector<std::string> ids;
  for (auto& [id] : session.all<std::tuple<std::string>>(
           "select id from devices where merchant = :merchant and notifier = :notifier order by id limit 10000", merchant,
           notifier))
    ids.push_back(std::move(id));
  return ids;
}

}  // namespace

Notifications::Notifications(Doors doors, MerchantDirectory& merchants)
    : doors_(doors),
      merchants_(merchants),
      follower_(doors.store, doors.executor, doors.clock, doors.jobs,
                OutboxFollower::Reader{
                    "notifications",
                    [this](Session& session, const std::vector<OutboxHead>& heads) { take(session, heads); },
                    [this](Session&) { return !anybody_listens(); }}) {}

bool Notifications::anybody_listens() const {
  for (const auto& merchant : merchants_.all())
    if (!merchant->notifiers.empty()) return true;
  return false;
}

void Notifications::add_job_kinds() {
  JobKind kind;
  kind.kind = "notify";
  kind.run = [this](Job job) { return notify(std::move(job)); };
  // News grows old: after a few hours it is none.
  for (const int pause : {5, 30, 120, 600, 1800, 3600, 7200}) kind.schedule.push_back(std::chrono::seconds(pause));
  doors_.jobs.add_kind(kind);
}

void Notifications::take(Session& session, const std::vector<OutboxHead>& heads) {
  const std::int64_t now = micros(doors_.clock.now());
  for (const OutboxHead& head : heads) {
    const auto merchant = merchants_.find(head.merchant);
    if (!merchant) continue;
    for (const auto& [name, notifier] : merchant->notifiers) {
      if (!is_wanted(notifier.config->events, head.type)) continue;
      const auto enqueue = [&, notifier_name = name](const std::string& to, const char* member, Json value) {
        Json payload{{"merchant", head.merchant}, {"notifier", notifier_name}, {"position", head.position}};
        payload[member] = std::move(value);
        doors_.jobs.enqueue(session, Job{"notify:" + head.id + ":" + notifier_name + ":" + to, "notify", to_text(payload)}, now);
      };
      for (std::size_t i = 0; i < notifier.config->recipients.size(); ++i)
        enqueue(std::to_string(i), "recipient", notifier.config->recipients[i]);
      for (const std::string& device : devices_of(session, head.merchant, name)) enqueue(device, "device", device);
    }
  }
}

Task<Result<Done>> Notifications::forget(std::string merchant, std::string device_id) {
  auto unit = [merchant, device_id](Session& session) -> Result<Done> {
    const std::int64_t gone =
        session.execute("delete from devices where id = :id and merchant = :merchant", device_id, merchant);
    if (gone == 0) return Error{Error::Kind::kNotFound, "no such device: " + device_id, "", "id"};
    return Done();
  };
  Task<Result<Done>> writing = doors_.store.write(unit);
  co_return co_await writing;
}

Task<Result<JobOutcome>> Notifications::notify(Job job) {
  const Json payload = Json::parse(job.payload);
  const std::string merchant_id = text_at(payload, "merchant"), device_id = text_at(payload, "device");
  const auto merchant = merchants_.find(merchant_id);
  const auto notifier = merchant ? merchant->notifiers.find(text_at(payload, "notifier")) : decltype(merchant->notifiers.end()){};
  if (!merchant || notifier == merchant->notifiers.end()) co_return JobOutcome();  // Not configured any more.
  struct Found {
    std::optional<StagedEvent> event;
    std::string token;
  };
  const std::int64_t position = integer_at(payload, "position").value_or(0);
  auto query = [merchant_id, device_id, position](Session& session) -> Result<Found> {
    Found found{find_event(session, position), ""};
    if (device_id.empty()) return found;
    if (auto row = session.one<std::tuple<std::string>>("select token from devices where id = :id and merchant = :merchant",
                                                        device_id, merchant_id))
      found.token = std::get<0>(*row);
    return found;
  };
  Task<Result<Found>> reading = doors_.store.read(query);
  const Result<Found> found = co_await reading;
  if (!found) co_return found.error();
  Notification news;
  news.recipient = text_at(payload, "recipient");
  if (!device_id.empty()) {
    if (found->token.empty()) co_return JobOutcome();  // Removed since.
    const auto token = doors_.vault.open(found->token, token_place(merchant_id, device_id));
    if (!token) co_return token.error();
    news.recipient = token->expose();
  }
  if (!found->event) co_return JobOutcome();
  const Json event = render_event(*found->event);
  const Wording words = word_event(found->event->type, event["data"]["object"], merchant->config->name);
  news.id = found->event->id;
  news.type = found->event->type;
  news.title = words.title;
  news.body = words.body;
  news.data = {{"event", found->event->id}, {"merchant", merchant_id}, {"object", found->event->object_id}};
  if (!found->event->payment_id.empty()) news.data["payment"] = found->event->payment_id;
  news.now = doors_.clock.now();
  const std::unique_ptr<Http> door = doors_.http.door(notifier->second.route, nullptr);
  Task<Delivery> sending = notifier->second.notifier->notify(news, *door, doors_.mail);
  const Delivery delivery = co_await sending;
  switch (delivery.outcome) {
    case Delivery::Outcome::kDelivered: co_return JobOutcome();
    case Delivery::Outcome::kRecipientGone:
      if (!device_id.empty()) {
        Task<Result<Done>> forgetting = forget(merchant_id, device_id);
        const Result<Done> forgotten = co_await forgetting;
        if (!forgotten && forgotten.error().kind != Error::Kind::kNotFound) co_return forgotten.error();
      }
      spdlog::info("notifier {} of {}: a recipient is gone: {}", notifier->first, merchant_id, delivery.detail);
      co_return JobOutcome();
    case Delivery::Outcome::kRefused:
      spdlog::warn("notifier {} of {} refused {}: {}", notifier->first, merchant_id, news.id, delivery.detail);
      co_return JobOutcome();
    case Delivery::Outcome::kTryLater: break;
  }
  if (delivery.retry_after.count() > 0)
    co_return JobOutcome{JobOutcome::Next::kAgainIn, Duration(0), delivery.retry_after};
  co_return Error{Error::Kind::kUnavailable, "notifier " + notifier->first + ": " + delivery.detail};
}

Task<ApiAnswer> Notifications::register_device(const ApiRequest& request) {
  const std::string merchant_id = request.caller.merchant;
  const auto merchant = merchants_.find(merchant_id);
  Fields fields(request.body);
  const std::string notifier = fields.required_text("notifier", 100);
  const Secret token(fields.required_text("token", 4096));
  if (merchant && !notifier.empty() && !merchant->notifiers.contains(notifier))
    fields.fail("notifier", "is none of this merchant's notifiers");
  if (const auto wrong = fields.error()) co_return problem(*wrong);
  const Instant now = doors_.clock.now();
  const std::string id = new_id("dev", now, doors_.random);
  const std::string fingerprint = doors_.vault.fingerprint(token, "device");
  const std::string sealed = doors_.vault.seal(token, token_place(merchant_id, id));
  auto work = [=](Session& session) -> Result<ApiAnswer> {
    session.execute(
        "insert into devices (id, merchant, notifier, token, fingerprint, created) "
        "values (:id, :merchant, :notifier, :token, :fingerprint, :created) on conflict do nothing",
        id, merchant_id, notifier, sealed, fingerprint, micros(now));
    const auto kept = session.one<std::tuple<std::string, std::int64_t>>(
        "select id, created from devices where merchant = :merchant and notifier = :notifier and fingerprint = :fingerprint",
        merchant_id, notifier, fingerprint);
    ApiAnswer answer = json_answer(201, Json{{"id", std::get<0>(*kept)},
                                             {"object", "device"},
                                             {"notifier", notifier},
                                             {"created", unix_seconds(from_micros(std::get<1>(*kept)))}});
    answer.object_id = std::get<0>(*kept);
    return answer;
  };
  Task<ApiAnswer> answering = answer_once(doors_.store, doors_.clock, merchant_id, request.idempotency, work);
  co_return co_await answering;
}

Task<ApiAnswer> Notifications::remove_device(const ApiRequest& request) {
  const std::string id = request.param("id");
  Task<Result<Done>> forgetting = forget(request.caller.merchant, id);
  const Result<Done> done = co_await forgetting;
  if (!done) co_return problem(done.error());
  co_return json_answer(200, Json{{"id", id}, {"object", "device"}, {"deleted", true}});
}

SealedColumn sealed_device_tokens() {
  return {"the token", "token",
          [](Session& session, const std::string& after, int limit) {
            std::vector<SealedText> texts;
            for (auto& [id, merchant, token] : session.all<std::tuple<std::string, std::string, std::string>>(
                     "select id, merchant, token from devices where id > :after order by id limit :limit", after, limit))
              texts.push_back({id, merchant, token});
            return texts;
          },
          [](Session& session, const SealedText& was, const std::string& fresh) {
            session.execute("update devices set token = :fresh where id = :id and merchant = :merchant and token = :was", fresh,
                            was.id, was.merchant, was.sealed);
          }};
}

}  // namespace florin
