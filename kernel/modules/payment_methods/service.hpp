// The use cases of saved payment methods: what their routes call, and what payments need of them, which is to
// pay with one and to save one while paying.
#pragma once

#include <optional>
#include <string>

#include <florin/provider.hpp>
#include <florin/result.hpp>
#include <florin/task.hpp>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/cards/tokens.hpp"
#include "kernel/modules/payment_methods/repository.hpp"
#include "kernel/modules/payment_methods/rules.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/crypto/vault.hpp"
#include "kernel/platform/random/random.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

class PaymentMethods {
 public:
  PaymentMethods(Store& store, Clock& clock, Random& random, const Vault& vault, CardTokens& tokens)
      : store_(store), clock_(clock), random_(random), vault_(vault), tokens_(tokens) {}

  // ---- For routes. `request` outlives the Task. ----
  Task<ApiAnswer> create(const ApiRequest& request);
  Task<ApiAnswer> list(const ApiRequest& request);
  Task<ApiAnswer> show(const ApiRequest& request);
  Task<ApiAnswer> attach(const ApiRequest& request);
  // Ends it and wipes the number; a second time changes nothing.
  Task<ApiAnswer> detach(const ApiRequest& request);

  // ---- For payments ----
  // A method that may pay so. Errors: kNotFound (no such method, or another merchant's), those of why_not_pay().
  Result<SavedMethod> find_to_pay(Session& session, const std::string& merchant, const std::string& id,
                                  const MethodUse& use) const;
  // The card, without CVC. Errors: those of Vault::open().
  Result<Card> open(const SavedMethod& method) const;
  // A card that a payment will save once it is approved, sealed already: store it with put_aside() in the unit
  // that makes the attempt durable.
  SavedMethod seal_for(const std::string& payment_id, const std::string& merchant, const Secret& number,
                       const CardFace& face, bool livemode) const;
  void put_aside(Session& session, const SavedMethod& method) const;
  // The payment is approved: what it has put aside becomes the customer's. Its id; "" when there was none.
  Result<std::string> keep(Session& session, const std::string& merchant, const std::string& payment_id,
                           const std::string& customer_id, Instant now) const;
  // The payment is refused or canceled: the card goes.
  void forget(Session& session, const std::string& merchant, const std::string& payment_id) const;

 private:
  Store& store_;
  Clock& clock_;
  Random& random_;
  const Vault& vault_;
  CardTokens& tokens_;
};

}  // namespace florin
