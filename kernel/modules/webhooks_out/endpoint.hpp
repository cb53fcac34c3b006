// Endpoints that want to be told, and deliveries to them, as rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <florin/json.hpp>
#include <florin/time.hpp>

#include "kernel/modules/resealing/sealed_column.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

struct WebhookEndpoint {
  std::string id;  // whe_...; one that YAML names is whe_yaml_<digest of its url>
  std::string merchant, url, description;
  std::vector<std::string> events;  // "payment.succeeded", "payment.*", "*"; empty: all
  std::string secret, old_secret;   // Sealed.
  Instant old_secret_until{};       // Until then both sign (rotation).
  bool enabled = true;
  std::string reason;  // Why it is disabled.
  bool configured = false;  // By YAML: only whether it is enabled can be changed, and it has no secret here.
  Instant created{};        // Of a stored one.
};
Json render_endpoint(const WebhookEndpoint& endpoint);

enum class DeliveryState { kPending, kDelivered, kFailed };
std::string_view to_text(DeliveryState state);

struct WebhookDelivery {
  std::string id;  // whd_...
  std::string merchant, endpoint_id, event_id, payment_id;
  std::int64_t position = 0;  // The event's, over all merchants.
  DeliveryState state = DeliveryState::kPending;
  std::int64_t attempts = 0;
  int http_status = 0;  // Of the last answer; 0: none came.
  std::string error;
  Instant created{}, updated{};
};
Json render_delivery(const WebhookDelivery& delivery);

void insert_endpoint(Session& session, const WebhookEndpoint& endpoint);
void update_endpoint(Session& session, const WebhookEndpoint& endpoint);
bool delete_endpoint(Session& session, const std::string& merchant, const std::string& id);
std::optional<WebhookEndpoint> find_endpoint(Session& session, const std::string& merchant, const std::string& id);
std::vector<WebhookEndpoint> endpoints_of(Session& session, const std::string& merchant);
// The signing secrets and those that sign beside them for a day.
std::vector<SealedColumn> sealed_webhook_secrets();
std::vector<WebhookEndpoint> enabled_endpoints(Session& session, const std::string& merchant);
bool has_enabled_endpoint(Session& session);  // Of any merchant.

void insert_delivery(Session& session, const WebhookDelivery& delivery);
void update_delivery(Session& session, const WebhookDelivery& delivery);
std::optional<WebhookDelivery> find_delivery(Session& session, const std::string& merchant, const std::string& id);
// Newest first, of one endpoint or (with "") of all; `before` is a delivery's id or "".
std::vector<WebhookDelivery> deliveries_of(Session& session, const std::string& merchant, const std::string& endpoint_id,
                                           const std::string& before, int limit);
// Whether an earlier event of the same payment has not been tried yet at this endpoint.
bool has_untried_before(Session& session, const WebhookDelivery& delivery);

}  // namespace florin
