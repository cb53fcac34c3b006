// Refunds at Square's far side: never more than is left of the payment, PENDING in the answer and COMPLETED
// from then on, as a webhook tells.
#include "sandbox_state.hpp"

namespace florin::square {
namespace {

HttpResponse no(const std::string& code, const std::string& detail) {
  return say({400, "REFUND_ERROR", code, detail, ""});
}

std::int64_t refunded_before(const Json& payment) {
  return integer_at(payment, "refunded_money.amount").value_or(0);
}

}  // namespace

HttpResponse create_refund(FarSide& far) {
  const std::string id = far.field("payment_id");
  Json* record = far.find("payments", id);
  if (record == nullptr) return missing("Payment", "payment_id");
  Json& payment = record->at("object");
  if (text_at(payment, "status") != "COMPLETED")
    return no("REFUND_ERROR_PAYMENT_NEEDS_COMPLETION", "Payment must be completed first.");
  const auto amount = read_money(far.body, "amount_money"), taken = read_money(payment, "amount_money");
  if (!amount || amount->currency() != taken->currency())
    return say({400, "INVALID_REQUEST_ERROR", "INVALID_VALUE", "Invalid amount.", "amount_money"});
  const std::int64_t before = refunded_before(payment);
  if (amount->minor() < 1 || amount->minor() > taken->minor() - before)
    return no("REFUND_AMOUNT_INVALID", "The requested refund amount exceeds the amount available to refund.");

  Json refund = {{"id", id + "_" + sandbox::new_id(far.books, "", far.call.now, 32)},
                 {"status", "PENDING"},
                 {"amount_money", far.body.at("amount_money")},
                 {"payment_id", id},
                 {"order_id", sandbox::new_id(far.books, "", far.call.now, 30)},
                 {"location_id", payment.at("location_id")},
                 {"destination_type", "CARD"},
                 {"reason", far.field("reason")},
                 {"created_at", far.timestamp()},
                 {"updated_at", far.timestamp()}};
  const Json pending = refund;
  refund["status"] = "COMPLETED";
  far.keep("refunds", refund);
  payment["refunded_money"] = money(before + amount->minor(), text_at(refund, "amount_money.currency"));
  payment["refund_ids"].push_back(refund.at("id"));
  payment["updated_at"] = far.timestamp();
  far.enter(BookEntry::Kind::kRefunded, payment, text_at(refund, "id"), far.key(), *amount);
  announce(far, "refund.created", "refund", pending);
  announce(far, "refund.updated", "refund", refund);
  announce(far, "payment.updated", "payment", payment);
  return sandbox::json_answer(200, {{"refund", pending}});
}

}  // namespace florin::square
