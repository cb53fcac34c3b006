// OpenAPI 3.1 from the very table that requests are dispatched by.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kernel/modules/api/api.hpp"

namespace florin {

Json openapi_document(const std::vector<std::shared_ptr<const ApiRoute>>& routes, const std::map<std::string, Json>& schemas,
                      const std::string& version);

}  // namespace florin
