// What becomes of a held payment at Square's far side: its amount edited, completed, cancelled by its name or
// by its key, with the errors that ErrorCode has for each.
#include <algorithm>

#include "sandbox_state.hpp"

namespace florin::square {
namespace {

HttpResponse shown(const Json& record) {
  return sandbox::json_answer(200, {{"payment", record.at("object")}});
}

void touch(FarSide& far, Json& payment) {
  payment["updated_at"] = far.timestamp();
  payment["version_token"] = sandbox::new_id(far.books, "", far.call.now, 30);
}

// `done` is what the payment is when the same was asked before, and `code` Square's word for that.
HttpResponse wrong_state(const Json& payment, const std::string& done, const std::string& code) {
  const std::string status = text_at(payment, "status");
  if (status == done)
    return say({400, "INVALID_REQUEST_ERROR", code, "The payment is " + status + " already.", ""});
  return say(
      {400, "INVALID_REQUEST_ERROR", "BAD_REQUEST", "The payment is not APPROVED but " + status + ".", ""});
}

// 2.9 % and 30 minor units, as Square takes online in the US; never more than the payment itself.
Json fee_of(const FarSide& far, const Json& payment) {
  const std::int64_t amount = integer_at(payment, "amount_money.amount").value_or(0);
  const std::int64_t fee = std::min(amount, amount * 29 / 1000 + 30);
  return Json::array({{{"effective_at", far.timestamp()},
                       {"type", "INITIAL"},
                       {"amount_money", money(fee, text_at(payment, "amount_money.currency"))}}});
}

}  // namespace

void complete(FarSide& far, Json& record) {
  Json& payment = record.at("object");
  payment["status"] = "COMPLETED";
  payment["card_details"]["status"] = "CAPTURED";
  payment["capabilities"] = Json::array();
  payment["processing_fee"] = fee_of(far, payment);
  payment["receipt_number"] = text_at(payment, "id").substr(0, 4);
  touch(far, payment);
  // CompletePayment carries neither a key nor a name of the caller's: only a sale says whose it is.
  const std::string attempt = far.field("source_id").empty() ? "" : text_at(payment, "reference_id");
  far.enter(BookEntry::Kind::kCaptured, payment, text_at(payment, "id"), attempt,
            *read_money(payment, "amount_money"));
  announce(far, "payment.updated", "payment", payment);
}

void cancel(FarSide& far, Json& record) {
  Json& payment = record.at("object");
  payment["status"] = "CANCELED";
  payment["card_details"]["status"] = "VOIDED";
  payment["capabilities"] = Json::array();
  touch(far, payment);
  far.enter(BookEntry::Kind::kVoided, payment, "", "", *read_money(payment, "amount_money"));
  announce(far, "payment.updated", "payment", payment);
}

HttpResponse update_payment(FarSide& far, const std::string& id) {
  Json* record = far.find("payments", id);
  if (record == nullptr) return missing("Payment");
  Json& payment = record->at("object");
  if (text_at(payment, "status") != "APPROVED")
    return wrong_state(payment, "COMPLETED", "DELAYED_TRANSACTION_CAPTURED");
  const auto amount = read_money(far.body, "payment.amount_money"),
             before = read_money(payment, "amount_money");
  if (!amount || amount->currency() != before->currency() || amount->minor() < 1)
    return say({400, "INVALID_REQUEST_ERROR", "INVALID_VALUE", "Invalid amount.", "payment.amount_money"});
  if (*amount > *before)
    return say({400, "INVALID_REQUEST_ERROR", "AMOUNT_TOO_HIGH", "This sandbox lowers amounts only.",
                "payment.amount_money"});
  payment["amount_money"] = payment["total_money"] = far.body.at("payment").at("amount_money");
  touch(far, payment);
  announce(far, "payment.updated", "payment", payment);
  return shown(*record);
}

HttpResponse complete_payment(FarSide& far, const std::string& id) {
  Json* record = far.find("payments", id);
  if (record == nullptr) return missing("Payment");
  const Json& payment = record->at("object");
  if (text_at(payment, "status") != "APPROVED")
    return wrong_state(payment, "COMPLETED", "DELAYED_TRANSACTION_CAPTURED");
  complete(far, *record);
  return shown(*record);
}

HttpResponse cancel_payment(FarSide& far, const std::string& id) {
  Json* record = far.find("payments", id);
  if (record == nullptr) return missing("Payment");
  const Json& payment = record->at("object");
  if (text_at(payment, "status") != "APPROVED")
    return wrong_state(payment, "CANCELED", "DELAYED_TRANSACTION_CANCELED");
  cancel(far, *record);
  return shown(*record);
}

// "If no payment with the specified idempotency key is found, no action is taken."
HttpResponse cancel_by_key(FarSide& far) {
  const Json& all = far.books.state()["payment_of_key"];
  const auto made = all.find(far.owner + "#" + far.key());
  const std::string id = made == all.end() ? "" : made->get<std::string>();
  Json* record = far.find("payments", id);
  if (record == nullptr || text_at(*record, "object.status") == "CANCELED")
    return sandbox::json_answer(200, Json::object());
  const HttpResponse answer = cancel_payment(far, id);
  return answer.status == 200 ? sandbox::json_answer(200, Json::object()) : answer;
}

}  // namespace florin::square
