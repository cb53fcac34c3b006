// Endpoints that a merchant's YAML names. YAML says all about them but one thing, which is stored: that one is
// disabled. It stays so until somebody enables it, also when its entry goes and comes back; another url is another
// endpoint.
#pragma once

#include <string_view>
#include <vector>

#include "kernel/modules/merchants/directory.hpp"
#include "kernel/modules/webhooks_out/endpoint.hpp"

namespace florin {

// Begins the id of each, and of no other.
inline constexpr std::string_view kConfiguredPrefix = "whe_yaml_";

std::vector<WebhookEndpoint> configured_endpoints(Session& session, const Merchant& merchant);
// Whether it is enabled, and if not, why.
void keep_whether_enabled(Session& session, const WebhookEndpoint& endpoint, Instant now);

}  // namespace florin
