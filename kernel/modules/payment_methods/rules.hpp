// Who may pay with a saved method, and whose it may become: pure decisions.
#pragma once

#include <optional>
#include <string>

#include <florin/result.hpp>

#include "kernel/modules/payment_methods/saved_method.hpp"

namespace florin {

// What a method is to be used for.
struct MethodUse {
  std::string customer_id;    // The payment's customer; "" : it has none,
  bool new_customer = false;  // ... or one that this payment is about to make.
  std::string type;           // What the request calls it; "" : nothing.
  bool by_payer = false;      // The payer's browser names it, with a publishable key.
  Instant now{};
};

// Nothing: it may pay. A method of another customer is as unknown as one of another merchant (kNotFound); a
// payer may only name methods of the payment's own customer. Else kInvalid: "payment_method_detached",
// "expired_card".
std::optional<Error> why_not_pay(const SavedMethod& method, const MethodUse& use);

// Nothing: it may be attached to this customer (or is already). Else kInvalid: "payment_method_detached",
// "payment_method_already_attached".
std::optional<Error> why_not_attach(const SavedMethod& method, const std::string& customer_id);

Error no_such_method(const std::string& id, std::string param);

}  // namespace florin
