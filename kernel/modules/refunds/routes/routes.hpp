// The refunds' routes and schemas.
#pragma once

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/refunds/service.hpp"

namespace florin {

ApiRoute create_refund_route(RefundService& refunds);
std::map<std::string, Json> refund_schemas();

}  // namespace florin
