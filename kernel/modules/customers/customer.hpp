// A merchant's customers, found again by e-mail address or telephone number.
#pragma once

#include <optional>
#include <string>

#include <florin/json.hpp>
#include <florin/result.hpp>
#include <florin/time.hpp>

#include "kernel/platform/random/random.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

struct Customer {
  std::string id;  // cus_...; "" : unknown
  std::string merchant, email, phone, name;
  Json to_json() const;  // {"id","email","phone","name"}; null members for what is unknown.
};

// The customer with that id, address or number, if there is one.
std::optional<Customer> find_customer(Session& session, const Customer& asked);
// In a unit of work: the customer with that id (kNotFound otherwise), or with that address or number, made
// (under `asked.id`, should it be free to choose) if there is none yet. Without any of them: a Customer without id.
Result<Customer> find_or_create_customer(Session& session, Customer asked, Instant now, Random& random);

}  // namespace florin
