// From the outbox to deliveries: rows and jobs are made in the unit that moves the cursor, so that no
// event is forgotten and none is queued twice.
#include <spdlog/spdlog.h>

#include <florin/crypto.hpp>

#include "kernel/modules/events/event.hpp"
#include "kernel/modules/webhooks_out/webhooks_out.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

namespace {
constexpr const char* kReader = "webhooks_out";
constexpr int kEventsAtOnce = 500;
}  // namespace

std::vector<WebhookEndpoint> WebhooksOut::configured_endpoints() const {
  std::vector<WebhookEndpoint> list;
  for (const auto& merchant : merchants_.all())
    for (const WebhookEndpointConfig& from : merchant->config->webhooks) {
      WebhookEndpoint endpoint;
      endpoint.id = "whe_yaml_" + to_hex(sha256(from.url)).substr(0, 24);
      endpoint.merchant = merchant->id;
      endpoint.url = from.url;
      endpoint.events = from.events;
      list.push_back(std::move(endpoint));
    }
  return list;
}

Task<void> WebhooksOut::reread() {
  auto query = [](Session& session) -> Result<std::vector<WebhookEndpoint>> { return enabled_endpoints(session); };
  Task<Result<std::vector<WebhookEndpoint>>> reading = doors_.store.read(query);
  Result<std::vector<WebhookEndpoint>> found = co_await reading;
  if (!found) {
    spdlog::warn("webhook endpoints could not be read: {}", found.error().message);
    co_return;
  }
  std::map<std::string, std::vector<WebhookEndpoint>> next;
  for (WebhookEndpoint& endpoint : *found) next[endpoint.merchant].push_back(std::move(endpoint));
  for (WebhookEndpoint& endpoint : configured_endpoints()) next[endpoint.merchant].push_back(std::move(endpoint));
  const std::lock_guard lock(mutex_);
  by_merchant_ = std::move(next);
}

Task<Result<Done>> WebhooksOut::start() {
  Task<void> rereading = reread();
  co_await rereading;
  doors_.executor.spawn("webhooks out", follow());
  co_return Done();
}

Task<void> WebhooksOut::follow() {
  Duration last_reread = doors_.clock.monotonic();
  for (;;) {
    std::int64_t seen = 0;
    const bool look = woken_.exchange(false, std::memory_order_acq_rel);
    if (look) {
      Task<Result<std::int64_t>> dispatching = dispatch_some();
      const Result<std::int64_t> dispatched = co_await dispatching;
      if (dispatched) seen = *dispatched;
      if (!dispatched || seen == kEventsAtOnce) woken_.store(true, std::memory_order_release);
    }
    const Duration before = doors_.clock.monotonic();
    Task<void> sleeping = doors_.clock.sleep(std::chrono::milliseconds(seen == kEventsAtOnce ? 1 : 20));
    co_await sleeping;
    const Duration now = doors_.clock.monotonic();
    if (seen < kEventsAtOnce && now - before < std::chrono::milliseconds(5)) co_return;  // The clock has stopped.
    // A reload may have brought endpoints, another node may have made some, and a wake may have been lost
    // with a process that died between a commit and here.
    if (now - last_reread > std::chrono::seconds(5)) {
      last_reread = now;
      woken_.store(true, std::memory_order_release);
      Task<void> rereading = reread();
      co_await rereading;
    }
  }
}

Task<Result<std::int64_t>> WebhooksOut::dispatch_some() {
  std::map<std::string, std::vector<WebhookEndpoint>> endpoints;
  {
    const std::lock_guard lock(mutex_);
    endpoints = by_merchant_;
  }
  const Instant now = doors_.clock.now();
  auto unit = [this, endpoints, now](Session& session) -> Result<std::int64_t> {
    const std::vector<OutboxHead> heads = outbox_after(session, read_cursor(session, kReader), kEventsAtOnce);
    for (const OutboxHead& head : heads) {
      const auto of_merchant = endpoints.find(head.merchant);
      if (of_merchant == endpoints.end()) continue;
      for (const WebhookEndpoint& endpoint : of_merchant->second) {
        if (!endpoint.wants(head.type)) continue;
        WebhookDelivery delivery;
        delivery.id = new_id("whd", now, doors_.random);
        delivery.merchant = head.merchant;
        delivery.endpoint_id = endpoint.id;
        delivery.event_id = head.id;
        delivery.payment_id = head.payment_id;
        delivery.position = head.position;
        delivery.created = delivery.updated = now;
        insert_delivery(session, delivery);
        enqueue(session, delivery, delivery.id);
      }
    }
    if (!heads.empty()) move_cursor(session, kReader, heads.back().position);
    return static_cast<std::int64_t>(heads.size());
  };
  Task<Result<std::int64_t>> writing = doors_.store.write(unit);
  const Result<std::int64_t> seen = co_await writing;
  if (seen && *seen > 0) doors_.jobs.wake();
  co_return seen;
}

void WebhooksOut::enqueue(Session& session, const WebhookDelivery& delivery, const std::string& job_id) {
  doors_.jobs.enqueue(session,
                      Job{"webhook:" + job_id, "deliver_webhook",
                          to_text(Json{{"merchant", delivery.merchant}, {"delivery", delivery.id}})},
                      micros(doors_.clock.now()));
}

}  // namespace florin
