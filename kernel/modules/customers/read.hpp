// A customer out of a request: `customer` is {"id" | "email" | "phone", "name"} or, for short, an id.
#pragma once

#include <string>

#include <florin/json.hpp>

#include "kernel/modules/api/fields.hpp"
#include "kernel/modules/customers/customer.hpp"

namespace florin {

// As asked for, not looked up; without anything but the merchant when the field is absent.
Customer read_customer(Fields& outer, const std::string& merchant);
Json customer_request_schema();

}  // namespace florin
