// The routes of webhook endpoints and deliveries, and their schemas.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kernel/modules/webhooks_out/webhooks_out.hpp"

namespace florin {

std::vector<ApiRoute> webhook_out_routes(WebhooksOut& webhooks);
std::map<std::string, Json> webhook_out_schemas();

}  // namespace florin
