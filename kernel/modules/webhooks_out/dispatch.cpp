// From the outbox to deliveries: rows and jobs are made in the unit that moves the cursor, so that no
// event is forgotten and none is queued twice.
#include <map>
#include <optional>

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
                    [this](Session& session) { return !anybody_listens(session); }}) {}

std::vector<WebhookEndpoint> WebhooksOut::configured(Session& session, const std::string& merchant) const {
  const auto known = merchants_.find(merchant);
  if (!known) return {};
  return configured_endpoints(session, *known);
}

bool WebhooksOut::anybody_listens(Session& session) const {
  for (const auto& merchant : merchants_.all())
    if (!merchant->config->webhooks.empty()) return true;
  return has_enabled_endpoint(session);
}

// As the store and the configuration are now, whichever node or reload has changed them.
std::vector<WebhookEndpoint> WebhooksOut::listening(Session& session, const std::string& merchant) const {
  std::vector<WebhookEndpoint> list = enabled_endpoints(session, merchant);
  for (WebhookEndpoint& endpoint : configured(session, merchant))
    if (endpoint.enabled) list.push_back(std::move(endpoint));
  return list;
}

std::optional<WebhookEndpoint> WebhooksOut::find(Session& session, const std::string& merchant, const std::string& id) const {
  if (!id.starts_with(kConfiguredPrefix)) return find_endpoint(session, merchant, id);
  for (const WebhookEndpoint& endpoint : configured(session, merchant))
    if (endpoint.id == id) return endpoint;
  return std::nullopt;
}

void WebhooksOut::keep(Session& session, const WebhookEndpoint& endpoint, Instant now) {
  if (endpoint.configured)
    keep_whether_enabled(session, endpoint, now);
  else
    update_endpoint(session, endpoint);
}

void WebhooksOut::take(Session& session, const std::vector<OutboxHead>& heads) {
  std::map<std::string, std::vector<WebhookEndpoint>> endpoints;
  const Instant now = doors_.clock.now();
  for (const OutboxHead& head : heads) {
    const auto [of_merchant, unread] = endpoints.try_emplace(head.merchant);
    if (unread) of_merchant->second = listening(session, head.merchant);
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
