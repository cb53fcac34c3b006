// The webhooks_in table, the only file that spells its columns, and what a provider's news leads to.
#include "kernel/modules/webhooks_in/webhooks_in.hpp"

#include <array>

#include <spdlog/spdlog.h>

#include "kernel/platform/ids/ids.hpp"

namespace florin {

namespace {

using Kind = ProviderEvent::Kind;
constexpr std::array<std::string_view, 9> kKindNames = {"authorized", "captured",      "declined",    "voided", "refunded",
                                                        "refund_failed", "action_done", "expired", "ignored"};

Json to_json(const ProviderEvent& event) {
  Json json{{"kind", kKindNames[static_cast<std::size_t>(event.kind)]},
            {"reference", event.reference},
            {"attempt_id", event.attempt_id},
            {"operation_reference", event.operation_reference}};
  if (event.amount) {
    json["amount"] = event.amount->minor();
    json["currency"] = event.amount->currency().code();
  }
  return json;
}

// Before each further try to act on one.
constexpr std::array<int, 6> kPausesS = {1, 5, 30, 300, 1800, 7200};

std::optional<Money> amount_of(const Json& event) {
  const auto minor = integer_at(event, "amount");
  const auto currency = Currency::parse(text_at(event, "currency"));
  if (!minor || !currency) return std::nullopt;
  return Money(*minor, *currency);
}

}  // namespace

void WebhooksIn::add_job_kinds() {
  JobKind kind;
  kind.kind = "act_on_webhook";
  kind.run = [this](Job job) { return act(std::move(job)); };
  for (const int pause : kPausesS) kind.schedule.push_back(std::chrono::seconds(pause));
  payments_.doors().jobs.add_kind(kind);
}

Task<ApiAnswer> WebhooksIn::receive(const ApiRequest& request) {
  const std::string provider = request.param("provider"), name = request.param("account");
  const std::size_t dot = name.find('.');
  const auto merchant = payments_.merchants().find(name.substr(0, dot));
  const std::string account_name = dot == std::string::npos ? "" : name.substr(dot + 1);
  // Its sender tries again until the plugin is back to read it.
  if (merchant && merchant->set_aside.contains(account_name)) co_return problem(no_account(*merchant, account_name));
  const bool known = merchant && merchant->accounts.contains(account_name) &&
                     merchant->accounts.at(account_name).config->provider == provider;
  if (!known) co_return problem(Error{Error::Kind::kNotFound, "no such provider account: " + provider + "/" + name});
  const ProviderAccount& account = merchant->accounts.at(account_name);
  const Instant now = payments_.doors().clock.now();
  const std::string url = payments_.merchants().base_url() + request.edge->target;
  const WebhookRequest hook{request.edge->headers, request.edge->body, url, now};
  const std::unique_ptr<Http> door = http_.door(account.route, nullptr);
  Task<Result<std::vector<ProviderEvent>>> parsing = account.provider->parse_webhook(hook, *door);
  Result<std::vector<ProviderEvent>> events = co_await parsing;
  if (!events) {
    spdlog::warn("a webhook for {} was refused: {}", name, events.error().message);
    if (events.error().kind == Error::Kind::kDenied)
      co_return problem(400, "invalid_request_error", "invalid_signature", "the webhook's signature does not fit");
    // It could not be verified now: the provider sends it again.
    if (events.error().kind != Error::Kind::kInvalid)
      co_return problem(Error{Error::Kind::kUnavailable, "the webhook could not be verified now"});
    co_return problem(events.error());
  }
  Random& random = payments_.doors().random;
  Jobs& jobs = payments_.doors().jobs;
  Clock& clock = payments_.doors().clock;
  auto unit = [&random, &jobs, &clock, merchant, account_name, provider, now,
               list = *events](Session& session) -> Result<Done> {
    for (const ProviderEvent& event : list) {
      const std::string id = new_id("whi", now, random);
      const std::int64_t fresh = session.execute(
          "insert into webhooks_in (id, merchant, account, provider, event_id, type, event, state, error, created) "
          "values (:id, :merchant, :account, :provider, :event_id, :type, :event, 'new', '', :created) "
          "on conflict do nothing",
          id, merchant->id, account_name, provider, event.id, event.type, to_text(to_json(event)), micros(now));
      if (fresh == 0 || event.kind == Kind::kIgnored) continue;  // Told before, or nothing to us.
      jobs.enqueue(session, Job{"webhook_in:" + id, "act_on_webhook", to_text(Json{{"merchant", merchant->id}, {"id", id}})},
                   micros(clock.now()));
    }
    return Done();
  };
  Task<Result<Done>> writing = payments_.doors().store.write(unit);
  const Result<Done> written = co_await writing;
  if (!written) co_return problem(written.error());
  jobs.wake();
  co_return json_answer(200, Json{{"received", true}});
}

Task<Result<JobOutcome>> WebhooksIn::act(Job job) {
  const Json payload = Json::parse(job.payload);
  const std::string merchant = text_at(payload, "merchant"), id = text_at(payload, "id");
  using Row = std::tuple<std::string, std::string, std::string, std::string>;
  auto query = [merchant, id](Session& session) -> Result<std::optional<Row>> {
    return session.one<Row>("select account, provider, event, state from webhooks_in where id = :id and merchant = :merchant",
                            id, merchant);
  };
  Task<Result<std::optional<Row>>> reading = payments_.doors().store.read(query);
  const Result<std::optional<Row>> row = co_await reading;
  if (!row) co_return row.error();
  if (!*row || std::get<3>(**row) != "new") co_return JobOutcome();
  Task<Result<Done>> applying = apply(merchant, std::get<0>(**row), std::get<1>(**row), Json::parse(std::get<2>(**row)));
  const Result<Done> applied = co_await applying;
  // What does not fit what we know is kept with its reason and not tried for ever.
  const bool again = !applied && applied.error().kind != Error::Kind::kNotFound &&
                     applied.error().kind != Error::Kind::kConflict &&
                     job.attempt < static_cast<std::int64_t>(kPausesS.size());
  if (again) co_return applied.error();
  const std::string error = applied ? "" : applied.error().message;
  auto unit = [merchant, id, error](Session& session) -> Result<Done> {
    session.execute("update webhooks_in set state = :state, error = :error where id = :id and merchant = :merchant",
                    error.empty() ? "done" : "not_applied", error, id, merchant);
    return Done();
  };
  Task<Result<Done>> writing = payments_.doors().store.write(unit);
  const Result<Done> written = co_await writing;
  if (!written) co_return written.error();
  if (!error.empty()) spdlog::warn("a webhook of {} was not applied: {}", merchant, error);
  co_return JobOutcome();
}

Result<Attempt> WebhooksIn::attempt_of(Session& session, const std::string& merchant, const std::string& account,
                                       const std::string& provider, const Json& event) {
  const std::string attempt_id = text_at(event, "attempt_id"), reference = text_at(event, "reference");
  PaymentRepository& payments = payments_.repository();
  std::optional<Attempt> attempt;
  if (!attempt_id.empty()) attempt = payments.find_attempt(session, merchant, attempt_id);
  if (!attempt) attempt = payments.find_attempt_by_reference(session, merchant, account, provider, reference);
  if (!attempt || attempt->account != account)
    return Error{Error::Kind::kNotFound, "no attempt of account " + account + " is called " + reference};
  return *attempt;
}

// A refund's news may be here before its own answer, which alone says what the provider calls it: then it
// waits for that. What is no refund of ours (made in the provider's dashboard) stays not applied.
Task<Result<Done>> WebhooksIn::apply_to_refund(std::string merchant, std::string account, std::string provider, Json event) {
  const bool failed = text_at(event, "kind") == "refund_failed";
  const std::string reference = text_at(event, "operation_reference");
  Task<Result<Done>> telling = refunds_.late_word(merchant, reference, failed, amount_of(event));
  const Result<Done> told = co_await telling;
  if (told || told.error().kind != Error::Kind::kNotFound) co_return told;
  auto unit = [this, merchant, account, provider, event](Session& session) -> Result<bool> {
    const Result<Attempt> about = attempt_of(session, merchant, account, provider, event);
    if (!about) return false;
    bool under_way = false;
    for (const Attempt& attempt : payments_.repository().attempts_of(session, merchant, about->payment_id)) {
      const bool meant = attempt.kind == AttemptKind::kRefund &&
                         (about->kind != AttemptKind::kRefund || about->id == attempt.id);
      const bool in_doubt = attempt.state == AttemptState::kInDoubt;
      if (!meant || (!in_doubt && attempt.state != AttemptState::kSending)) continue;
      under_way = true;
      // The provider knows of it by now: whoever is in doubt can ask.
      if (in_doubt)
        payments_.ask_about(session, "told", {attempt.id, merchant, attempt.payment_id, attempt.node, attempt.started});
    }
    return under_way;
  };
  Task<Result<bool>> looking = payments_.doors().store.write(unit);
  const Result<bool> under_way = co_await looking;
  if (!under_way) co_return under_way.error();
  if (*under_way) {
    payments_.doors().jobs.wake();
    co_return Error{Error::Kind::kUnavailable, "refund " + reference + " is told of before it was answered"};
  }
  // It may have been answered between the two looks.
  Task<Result<Done>> again = refunds_.late_word(merchant, reference, failed, amount_of(event));
  co_return co_await again;
}

Task<Result<Done>> WebhooksIn::apply(std::string merchant, std::string account, std::string provider, Json event) {
  const std::string kind = text_at(event, "kind");
  if (kind == "refunded" || kind == "refund_failed") {
    Task<Result<Done>> applying = apply_to_refund(merchant, account, provider, event);
    co_return co_await applying;
  }
  auto query = [this, merchant, account, provider, event](Session& session) {
    return attempt_of(session, merchant, account, provider, event);
  };
  Task<Result<Attempt>> reading = payments_.doors().store.read(query);
  const Result<Attempt> attempt = co_await reading;
  if (!attempt) co_return attempt.error();
  const auto amount = amount_of(event);
  if (amount && amount->currency() != attempt->amount.currency())
    co_return Error{Error::Kind::kConflict, "payment " + attempt->payment_id + " is in another currency than the webhook says"};
  // The provider is asked how things stand: a webhook that is late, early or out of order then does no harm.
  Task<Result<Payment>> poking = payments_.poke(merchant, attempt->payment_id);
  const Result<Payment> payment = co_await poking;
  if (!payment) co_return payment.error();
  co_return Done();
}

ApiRoute receive_webhook_route(WebhooksIn& webhooks) {
  ApiRoute route;
  route.method = "POST";
  route.pattern = "/api/v1/webhooks/{provider}/{account}";
  route.operation_id = "receiveProviderWebhook";
  route.summary = "Where providers tell their news; the account as merchant.account";
  route.tag = "Provider webhooks";
  route.keys = {};
  route.raw_body = true;
  route.urgency = Urgency::kFinishing;
  route.response_schemas = {{200, Json{{"type", "object"}}}};
  route.handler = [&webhooks](const ApiRequest& request) { return webhooks.receive(request); };
  return route;
}

}  // namespace florin
