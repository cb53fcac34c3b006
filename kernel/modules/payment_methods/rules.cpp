// The decisions, and their sentences.
#include "kernel/modules/payment_methods/rules.hpp"

namespace florin {

namespace {
constexpr const char* kParam = "payment_method";

Error detached(std::string param) {
  return Error{Error::Kind::kInvalid, "this payment method has been detached; its number is gone",
               "payment_method_detached", std::move(param)};
}
}  // namespace

Error no_such_method(const std::string& id, std::string param) {
  return Error{Error::Kind::kNotFound, "no such payment method: " + id, "", std::move(param)};
}

std::optional<Error> why_not_pay(const SavedMethod& method, const MethodUse& use) {
  const bool has_customer = use.new_customer || !use.customer_id.empty();
  const bool anothers = !method.customer_id.empty() && has_customer && method.customer_id != use.customer_id;
  const bool not_the_payers = use.by_payer && (method.customer_id.empty() || method.customer_id != use.customer_id);
  if (anothers || not_the_payers || method.status == MethodStatus::kPending) return no_such_method(method.id, kParam);
  if (method.status == MethodStatus::kDetached) return detached(kParam);
  if (!use.type.empty() && use.type != method.type)
    return Error{Error::Kind::kInvalid, "payment_method.type is " + use.type + ", but this method is a " + method.type,
                 "invalid_parameter", "payment_method.type"};
  if (card_has_expired(method.face.exp_month, method.face.exp_year, use.now))
    return Error{Error::Kind::kInvalid, "payment_method is a card that has expired", "expired_card", kParam};
  return std::nullopt;
}

std::optional<Error> why_not_attach(const SavedMethod& method, const std::string& customer_id) {
  if (method.status == MethodStatus::kDetached) return detached("id");
  if (!method.customer_id.empty() && method.customer_id != customer_id)
    return Error{Error::Kind::kInvalid, "this payment method belongs to another customer; detach it there",
                 "payment_method_already_attached", "customer"};
  return std::nullopt;
}

}  // namespace florin
