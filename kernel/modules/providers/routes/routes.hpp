// The route that shows a merchant's provider accounts.
#pragma once

#include <map>
#include <string>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/merchants/directory.hpp"
#include "kernel/modules/routing/routing.hpp"
#include "kernel/platform/http_client/http_client.hpp"

namespace florin {

ApiRoute list_providers_route(MerchantDirectory& merchants, const HttpClient& http, AccountRecord& record);
std::map<std::string, Json> provider_schemas();

}  // namespace florin
