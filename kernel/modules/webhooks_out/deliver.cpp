// One delivery: the event as it is stored, signed now, sent to the endpoint; what came back is kept.
#include <spdlog/spdlog.h>

#include "kernel/modules/events/event.hpp"
#include "kernel/modules/webhooks_out/signature.hpp"
#include "kernel/modules/webhooks_out/webhooks_out.hpp"
#include "kernel/platform/http_client/retry_after.hpp"
#include "kernel/platform/seeded_bugs/seeded_bugs.hpp"

namespace florin {

namespace {

// The first try and nine more: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h (Standard Webhooks).
constexpr std::array<std::int64_t, 9> kPauses = {5, 300, 1'800, 7'200, 18'000, 36'000, 50'400, 72'000, 86'400};
constexpr std::chrono::milliseconds kTimeout(15'000);
// The breaker's own pause.
constexpr std::chrono::seconds kHeldBackPause(3);

struct Split {
  std::string base, path;
};
Split split_url(const std::string& url) {
  const std::size_t host = url.find("://");
  const std::size_t path = host == std::string::npos ? std::string::npos : url.find_first_of("/?", host + 3);
  if (path == std::string::npos) return {url, "/"};
  return {url.substr(0, path), url[path] == '?' ? "/" + url.substr(path) : url.substr(path)};
}

// How long a delivery waits for an earlier one of its payment: the longer the older it is, because a receiver
// may be away for days.
Duration turn_pause(Duration age) {
  return std::clamp<Duration>(age / 8, std::chrono::milliseconds(50), std::chrono::seconds(5));
}

// Our own breaker or bulkhead held it back: nothing has left.
bool was_held_back(const Result<HttpResponse>& answer) {
  return !answer && (answer.error().code == "circuit_open" || answer.error().code == "bulkhead_full");
}

}  // namespace

void WebhooksOut::add_job_kinds() {
  JobKind kind;
  kind.kind = "deliver_webhook";
  kind.run = [this](Job job) { return deliver(std::move(job)); };
  for (const std::int64_t pause : kPauses) kind.schedule.push_back(std::chrono::seconds(pause));
  kind.max_parallel = 32;
  doors_.jobs.add_kind(kind);
}

Result<WebhooksOut::Target> WebhooksOut::open_target(Session& session, const std::string& merchant_id,
                                                     const std::string& endpoint_id) const {
  const auto endpoint = find(session, merchant_id, endpoint_id);
  if (!endpoint && endpoint_id.starts_with(kConfiguredPrefix))
    return Error{Error::Kind::kNotFound, "this endpoint is not in the configuration any more"};
  if (!endpoint) return Error{Error::Kind::kNotFound, "this endpoint has been removed"};
  if (!endpoint->enabled) return Error{Error::Kind::kConflict, "this endpoint is disabled: " + endpoint->reason};
  Target target;
  target.endpoint = *endpoint;
  if (endpoint->configured) {
    if (const auto merchant = merchants_.find(merchant_id))
      for (const WebhookEndpointConfig& from : merchant->config->webhooks)
        if (from.url == endpoint->url) target.secrets.push_back(from.secret);
    return target;
  }
  FLORIN_TRY(secret, doors_.vault.open(endpoint->secret, merchant_id + "/" + endpoint_id + "/secret"));
  target.secrets.push_back(secret);
  if (!endpoint->old_secret.empty() && endpoint->old_secret_until > doors_.clock.now()) {
    FLORIN_TRY(old_secret, doors_.vault.open(endpoint->old_secret, merchant_id + "/" + endpoint_id + "/secret"));
    target.secrets.push_back(old_secret);
  }
  return target;
}

void WebhooksOut::disable(Session& session, const WebhookDelivery& delivery) const {
  auto endpoint = find(session, delivery.merchant, delivery.endpoint_id);
  if (!endpoint) return;
  endpoint->enabled = false;
  endpoint->reason = "it answered 410 Gone";
  keep(session, *endpoint, delivery.updated);
}

Task<Result<JobOutcome>> WebhooksOut::deliver(Job job) {
  const Json payload = Json::parse(job.payload);
  const std::string merchant = text_at(payload, "merchant"), id = text_at(payload, "delivery");
  struct Found {
    std::optional<WebhookDelivery> delivery;
    std::optional<Target> target;
    std::string body;
    bool wait = false;
    std::string gone;
  };
  auto query = [this, merchant, id](Session& session) -> Result<Found> {
    Found found;
    found.delivery = find_delivery(session, merchant, id);
    if (!found.delivery || found.delivery->state != DeliveryState::kPending) return found;
    found.wait = found.delivery->attempts == 0 && has_untried_before(session, *found.delivery);
    if (found.wait) return found;
    auto target = open_target(session, merchant, found.delivery->endpoint_id);
    if (target)
      found.target = *target;
    else
      found.gone = target.error().message;
    if (const auto event = find_event(session, found.delivery->position)) found.body = render_event_text(*event);
    return found;
  };
  Task<Result<Found>> reading = doors_.store.read(query);
  Result<Found> found = co_await reading;
  if (!found) co_return found.error();
  if (!found->delivery || found->delivery->state != DeliveryState::kPending) co_return JobOutcome();
  if (found->wait) co_return JobOutcome{JobOutcome::Next::kAgainIn, turn_pause(doors_.clock.now() - found->delivery->created)};

  WebhookDelivery delivery = *found->delivery;
  Result<HttpResponse> answer = Error{Error::Kind::kNotFound, found->gone};
  if (found->target) {
    const Split where = split_url(found->target->endpoint.url);
    Route route;
    route.key = "webhook/" + delivery.endpoint_id;
    route.far_side = "webhooks";  // All receivers together: however many are silent, providers find threads.
    route.hosts = {{"", where.base}};
    route.timeout = kTimeout;
    const auto config = merchants_.config();
    route.allow_private = config && config->webhooks_allow_private_addresses;
    HttpRequest request;
    request.method = "POST";
    request.path = where.path;
    request.body = found->body;
    request.headers = webhook_headers(delivery.event_id, unix_seconds(doors_.clock.now()), found->body, found->target->secrets);
    request.headers["Content-Type"] = "application/json";
    request.headers["User-Agent"] = "Florin-Webhooks/1";
    request.repeatable = true;  // The receiver tells repeats by webhook-id.
    const std::unique_ptr<Http> door = doors_.http.door(route, nullptr);
    Task<Result<HttpResponse>> sending = door->send(request);
    answer = co_await sending;
  }
  // No try, then: with one probe at a time through a circuit that opens again, a crowd of deliveries would use
  // up their tries without ever having left, and later events would overtake.
  if (was_held_back(answer)) co_return JobOutcome{JobOutcome::Next::kAgainIn, kHeldBackPause};
  delivery.attempts += 1;
  delivery.updated = doors_.clock.now();
  delivery.http_status = answer ? answer->status : 0;
  delivery.error = answer ? (answer->status / 100 == 2 ? "" : "answered " + std::to_string(answer->status)) : answer.error().message;
  const bool delivered = answer && (answer->status / 100 == 2 || FLORIN_SEEDED_BUG(failed_delivery_taken_for_done));
  const bool disables = answer && answer->status == 410;
  const bool last = delivery.attempts > static_cast<std::int64_t>(kPauses.size()) || !found->target || disables;
  delivery.state = delivered ? DeliveryState::kDelivered : last ? DeliveryState::kFailed : DeliveryState::kPending;
  auto unit = [this, delivery, disables](Session& session) -> Result<Done> {
    update_delivery(session, delivery);
    if (disables) disable(session, delivery);
    return Done();
  };
  Task<Result<Done>> writing = doors_.store.write(unit);
  const Result<Done> written = co_await writing;
  if (!written) co_return written.error();
  if (disables)
    spdlog::warn("webhook endpoint {} of {} answered 410 Gone and is disabled; enable it by POST /api/v1/webhook-endpoints/{}",
                 delivery.endpoint_id, delivery.merchant, delivery.endpoint_id);
  if (delivery.state != DeliveryState::kPending) co_return JobOutcome();
  const auto asked = answer ? retry_after(*answer, delivery.updated) : std::nullopt;
  if (asked) co_return JobOutcome{JobOutcome::Next::kAgainIn, Duration(0), *asked};
  co_return Error{Error::Kind::kUnavailable, "delivery " + delivery.id + ": " + delivery.error};
}

}  // namespace florin
