// From the outbox to deliveries: rows and jobs are made in the unit that moves the cursor, so that no
// event is forgotten and none is queued twice.
#include <spdlog/spdlog.h>

#include <florin/crypto.hpp>

#include "kernel/modules/events/event.hpp"
#include "kernel/modules/webhooks_out/webhooks_out.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

WebhooksOut::WebhooksOut(Doors doors, MerchantDirectory& merchants)
    : doors_(doors),
      merchants_(merchants),
      follower_(doors.store, doors.executor, doors.clock, doors.jobs,
                OutboxFollower::Reader{
                    "webhooks_out",
                    [this](Session& session, const std::vector<OutboxHead>& heads) { take(session, heads); },
                    [this] { return reread(); }}) {}

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
  follower_.start();
  co_return Done();
}

void WebhooksOut::take(Session& session, const std::vector<OutboxHead>& heads) {
  std::map<std::string, std::vector<WebhookEndpoint>> endpoints;
  {
    const std::lock_guard lock(mutex_);
    endpoints = by_merchant_;
  }
  const Instant now = doors_.clock.now();
  for (const OutboxHead& head : heads) {
    const auto of_merchant = endpoints.find(head.merchant);
    if (of_merchant == endpoints.end()) continue;
    for (const WebhookEndpoint& endpoint : of_merchant->second) {
      if (!is_wanted(endpoint.events, head.type)) continue;
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
}

void WebhooksOut::enqueue(Session& session, const WebhookDelivery& delivery, const std::string& job_id) {
  doors_.jobs.enqueue(session,
                      Job{"webhook:" + job_id, "deliver_webhook",
                          to_text(Json{{"merchant", delivery.merchant}, {"delivery", delivery.id}})},
                      micros(doors_.clock.now()));
}

}  // namespace florin
