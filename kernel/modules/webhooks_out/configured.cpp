// The webhook_configured_disabled table, and endpoints out of the configuration in the shape of stored ones.
#include "kernel/modules/webhooks_out/configured.hpp"

#include <string>
#include <tuple>

#include <florin/crypto.hpp>

namespace florin {

namespace {
using DisabledRow = std::tuple<std::string, std::string>;
}

std::vector<WebhookEndpoint> configured_endpoints(Session& session, const Merchant& merchant) {
  std::vector<WebhookEndpoint> list;
  for (const WebhookEndpointConfig& from : merchant.config->webhooks) {
    WebhookEndpoint endpoint;
    endpoint.id = std::string(kConfiguredPrefix) + to_hex(sha256(from.url)).substr(0, 24);
    endpoint.merchant = merchant.id;
    endpoint.url = from.url;
    endpoint.events = from.events;
    endpoint.configured = true;
    list.push_back(std::move(endpoint));
  }
  if (list.empty()) return list;
  for (const auto& [id, reason] : session.all<DisabledRow>(
           "select endpoint_id, reason from webhook_configured_disabled where merchant = :merchant limit 1000", merchant.id))
    for (WebhookEndpoint& endpoint : list) {
      if (endpoint.id != id) continue;
      endpoint.enabled = false;
      endpoint.reason = reason;
    }
  return list;
}

void keep_whether_enabled(Session& session, const WebhookEndpoint& endpoint, Instant now) {
  session.execute("delete from webhook_configured_disabled where merchant = :merchant and endpoint_id = :id",
                  endpoint.merchant, endpoint.id);
  if (endpoint.enabled) return;
  session.execute(
      "insert into webhook_configured_disabled (merchant, endpoint_id, reason, since) values (:merchant, :id, :reason, :now) "
      "on conflict do nothing",
      endpoint.merchant, endpoint.id, endpoint.reason, micros(now));
}

}  // namespace florin
