// The saved payment methods' routes, and the schemas that they share.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/payment_methods/service.hpp"

namespace florin {

std::vector<ApiRoute> payment_method_routes(PaymentMethods& methods);
std::map<std::string, Json> payment_method_schemas();  // OpenAPI components: SavedPaymentMethod

}  // namespace florin
