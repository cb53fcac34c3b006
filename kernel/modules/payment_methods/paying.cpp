// What payments need of saved methods: a card to pay with, and a card put aside until the payment is approved.
#include "kernel/modules/cards/sealed_card.hpp"
#include "kernel/modules/payment_methods/service.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

Result<SavedMethod> PaymentMethods::find_to_pay(Session& session, const std::string& merchant, const std::string& id,
                                                const MethodUse& use) const {
  const auto method = find_method(session, merchant, id);
  if (!method) return no_such_method(id, "payment_method");
  if (auto why = why_not_pay(*method, use)) return *why;
  return *method;
}

Result<Card> PaymentMethods::open(const SavedMethod& method) const {
  return open_card(vault_, method.sealed, method.merchant, method.id, method.face);
}

SavedMethod PaymentMethods::seal_for(const std::string& payment_id, const std::string& merchant, const Secret& number,
                                     const CardFace& face, bool livemode) const {
  SavedMethod method;
  method.created = method.updated = clock_.now();
  method.id = new_id("pm", method.created, random_);
  method.merchant = merchant;
  method.status = MethodStatus::kPending;
  method.sealed = seal_card_number(vault_, number, merchant, method.id);
  method.face = face;
  method.livemode = livemode;
  method.payment_id = payment_id;
  return method;
}

void PaymentMethods::put_aside(Session& session, const SavedMethod& method) const {
  insert_method(session, method, random_);
}

Result<std::string> PaymentMethods::keep(Session& session, const std::string& merchant, const std::string& payment_id,
                                         const std::string& customer_id, Instant now) const {
  const auto pending = find_pending_method(session, merchant, payment_id);
  if (!pending) return std::string();
  SavedMethod method = *pending;
  method.customer_id = customer_id;
  method.updated = now;
  if (auto kept = advance_method(session, *pending, method, MethodStatus::kActive, random_); !kept) return kept.error();
  return method.id;
}

void PaymentMethods::forget(Session& session, const std::string& merchant, const std::string& payment_id) const {
  delete_pending_methods(session, merchant, payment_id);
}

}  // namespace florin
