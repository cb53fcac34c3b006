// Endpoints that a merchant's YAML names.
#pragma once

#include <vector>

#include "kernel/modules/merchants/directory.hpp"
#include "kernel/modules/webhooks_out/endpoint.hpp"

namespace florin {

std::vector<WebhookEndpoint> configured_endpoints(const Merchant& merchant);

}  // namespace florin
