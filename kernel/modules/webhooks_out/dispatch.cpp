// From the outbox to deliveries: rows and jobs are made in the unit that moves the cursor, so that no
// event is forgotten and none is queued twice.
#include <map>

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
                    [this](Session& session, const std::vector<OutboxHead>& heads) { take(session, heads); }}) {}

// As the store and the configuration are now, whichever node or reload has changed them.
std::vector<WebhookEndpoint> WebhooksOut::listening(Session& session, const std::string& merchant) const {
  std::vector<WebhookEndpoint> list = enabled_endpoints(session, merchant);
  if (const auto configured = merchants_.find(merchant))
    for (WebhookEndpoint& endpoint : configured_endpoints(*configured)) list.push_back(std::move(endpoint));
  return list;
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
