// Endpoints out of the configuration, in the shape of stored ones.
#include "kernel/modules/webhooks_out/configured.hpp"

#include <florin/crypto.hpp>

namespace florin {

std::vector<WebhookEndpoint> configured_endpoints(const Merchant& merchant) {
  std::vector<WebhookEndpoint> list;
  for (const WebhookEndpointConfig& from : merchant.config->webhooks) {
    WebhookEndpoint endpoint;
    endpoint.id = "whe_yaml_" + to_hex(sha256(from.url)).substr(0, 24);
    endpoint.merchant = merchant.id;
    endpoint.url = from.url;
    endpoint.events = from.events;
    list.push_back(std::move(endpoint));
  }
  return list;
}

}  // namespace florin
