// Captures, voids and refunds at PayPal's far side: never more than was authorized, never more back than was
// taken, with the errors that Payments v2 documents.
#include <algorithm>

#include "sandbox_state.hpp"

namespace florin::paypal {
namespace {

Json* payment_in(Json& order, const std::string& list, const std::string& id) {
  for (Json& each : payments_of(order, list))
    if (text_at(each, "id") == id) return &each;
  return nullptr;
}

Money sum_of(Json& order, const std::string& list, Currency currency, const std::string& up_to = "") {
  Money sum = Money::zero(currency);
  for (const Json& each : payments_of(order, list))
    if (up_to.empty() || text_at(each, "capture_id") == up_to) sum = sum + *money_of(find(each, "amount"));
  return sum;
}

bool is_named_before(Json& order, const std::string& list, const std::string& invoice) {
  const Json& all = payments_of(order, list);
  return !invoice.empty() && std::any_of(all.begin(), all.end(), [&](const Json& each) {
    return text_at(each, "invoice_id") == invoice;
  });
}

}  // namespace

Json new_capture(FarSide& far, const Json& order, Money amount, const std::string& invoice, bool is_final) {
  const Money fee = fee_on(amount);
  return {{"id", far.new_id()},
          {"status", "COMPLETED"},
          {"amount", json_of(amount)},
          {"custom_id", text_at(order.at("purchase_units").at(0), "custom_id")},
          {"invoice_id", invoice},
          {"final_capture", is_final},
          {"seller_protection", {{"status", "NOT_ELIGIBLE"}}},
          {"seller_receivable_breakdown",
           {{"gross_amount", json_of(amount)},
            {"paypal_fee", json_of(fee)},
            {"net_amount", json_of(amount - fee)}}},
          {"supplementary_data", {{"related_ids", {{"order_id", text_at(order, "id")}}}}},
          {"create_time", far.timestamp()},
          {"update_time", far.timestamp()}};
}

HttpResponse capture_authorization(FarSide& far, const std::string& id) {
  Json* record = far.order_of_payment(id);
  Json* authorization = record == nullptr ? nullptr : payment_in(record->at("object"), "authorizations", id);
  if (authorization == nullptr) return not_found();
  Json& order = record->at("object");
  const std::string status = text_at(*authorization, "status");
  if (status == "VOIDED")
    return unprocessable("AUTHORIZATION_VOIDED", "A voided authorization cannot be captured.");
  if (status == "CAPTURED")
    return unprocessable("AUTHORIZATION_ALREADY_CAPTURED", "Authorization has already been captured.");
  const Money held = *money_of(find(*authorization, "amount"));
  const Money left = held - sum_of(order, "captures", held.currency());
  const auto asked =
      find(far.body, "amount") == nullptr ? std::optional<Money>(left) : money_of(find(far.body, "amount"));
  if (!asked) return unprocessable("DECIMAL_PRECISION", "The amount is not one that this currency can have.");
  if (asked->currency() != held.currency())
    return unprocessable("AUTH_CAPTURE_CURRENCY_MISMATCH",
                         "Currency of capture must be the same as currency of authorization.");
  if (*asked > left)
    return unprocessable("MAX_CAPTURE_AMOUNT_EXCEEDED", "Capture amount exceeds allowable limit.");
  const std::string invoice = text_at(far.body, "invoice_id");
  if (is_named_before(order, "captures", invoice))
    return unprocessable("DUPLICATE_INVOICE_ID", "Requested invoice number has been previously captured.");

  const Json* final_flag = find(far.body, "final_capture");
  const bool is_final = (final_flag != nullptr && *final_flag == true) || *asked == left;
  const Json capture = new_capture(far, order, *asked, invoice, is_final);
  (*authorization)["status"] = is_final ? "CAPTURED" : "PARTIALLY_CAPTURED";
  payments_of(order, "captures").push_back(capture);
  far.books.state()["payments"][text_at(capture, "id")] = order.at("id");
  far.enter(BookEntry::Kind::kCaptured, order, text_at(capture, "id"), far.key, *asked);
  announce(far, far.owner, "PAYMENT.CAPTURE.COMPLETED", "capture", capture);
  return sandbox::json_answer(201, capture);
}

HttpResponse void_authorization(FarSide& far, const std::string& id) {
  Json* record = far.order_of_payment(id);
  Json* authorization = record == nullptr ? nullptr : payment_in(record->at("object"), "authorizations", id);
  if (authorization == nullptr) return not_found();
  const std::string status = text_at(*authorization, "status");
  if (status == "VOIDED")
    return unprocessable("PREVIOUSLY_VOIDED", "Authorization has been previously voided.");
  if (status == "CAPTURED")
    return unprocessable("PREVIOUSLY_CAPTURED",
                         "Authorization has been previously captured and hence cannot be voided.");
  Json& order = record->at("object");
  const Money held = *money_of(find(*authorization, "amount"));
  (*authorization)["status"] = "VOIDED";
  far.enter(BookEntry::Kind::kVoided, order, id, far.key, held - sum_of(order, "captures", held.currency()));
  announce(far, far.owner, "PAYMENT.AUTHORIZATION.VOIDED", "authorization", *authorization);
  HttpResponse done;
  done.status = 204;
  return done;
}

HttpResponse refund_capture(FarSide& far, const std::string& id) {
  Json* record = far.order_of_payment(id);
  Json* capture = record == nullptr ? nullptr : payment_in(record->at("object"), "captures", id);
  if (capture == nullptr) return not_found();
  Json& order = record->at("object");
  const Money taken = *money_of(find(*capture, "amount"));
  const Money left = taken - sum_of(order, "refunds", taken.currency(), id);
  if (left.is_zero())
    return unprocessable("CAPTURE_FULLY_REFUNDED", "The capture has already been fully refunded.");
  const auto asked =
      find(far.body, "amount") == nullptr ? std::optional<Money>(left) : money_of(find(far.body, "amount"));
  if (!asked) return unprocessable("DECIMAL_PRECISION", "The amount is not one that this currency can have.");
  if (asked->currency() != taken.currency())
    return unprocessable("REFUND_CAPTURE_CURRENCY_MISMATCH",
                         "Refund must be in the same currency as the capture.");
  if (*asked > left)
    return unprocessable(
        "REFUND_AMOUNT_EXCEEDED",
        "The refund amount must be less than or equal to the capture amount that has not yet been refunded.");

  const std::string attempt = text_at(far.body, "custom_id");
  const Json refund = {{"id", far.new_id()},
                       {"status", "COMPLETED"},
                       {"amount", json_of(*asked)},
                       {"custom_id", attempt},
                       {"invoice_id", text_at(far.body, "invoice_id")},
                       {"capture_id", id},
                       {"supplementary_data", {{"related_ids", {{"order_id", text_at(order, "id")}}}}},
                       {"create_time", far.timestamp()},
                       {"update_time", far.timestamp()}};
  payments_of(order, "refunds").push_back(refund);
  (*capture)["status"] = *asked == left ? "REFUNDED" : "PARTIALLY_REFUNDED";
  far.enter(BookEntry::Kind::kRefunded, order, text_at(refund, "id"), attempt, *asked);
  announce(far, far.owner, "PAYMENT.CAPTURE.REFUNDED", "refund", refund);
  return sandbox::json_answer(201, refund);
}

}  // namespace florin::paypal
