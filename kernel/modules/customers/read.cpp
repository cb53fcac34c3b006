// Reading and describing the `customer` field that several routes take.
#include "kernel/modules/customers/read.hpp"

#include <algorithm>
#include <cctype>

#include "kernel/modules/api/schemas.hpp"

namespace florin {

Customer read_customer(Fields& outer, const std::string& merchant) {
  Customer customer;
  customer.merchant = merchant;
  if (outer.is_text("customer")) {
    customer.id = outer.text("customer", 100);
    return customer;
  }
  const Json* json = outer.object("customer");
  if (!json) return customer;
  Fields fields(*json, "customer");
  customer.id = fields.text("id", 100);
  customer.email = fields.text("email", 200);
  customer.phone = fields.text("phone", 50);
  customer.name = fields.text("name", 200);
  if (!customer.email.empty() && customer.email.find('@') == std::string::npos) fields.fail("email", "is no e-mail address");
  std::transform(customer.email.begin(), customer.email.end(), customer.email.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  outer.take(fields);
  return customer;
}

Json customer_request_schema() {
  using namespace schema;
  return Json{{"anyOf",
               {object({{"id", text("", 100)}, {"email", text("", 200)}, {"phone", text("", 50)}, {"name", text("", 200)}}, {}),
                text("cus_...: a known customer, for short.", 100)}}};
}

}  // namespace florin
