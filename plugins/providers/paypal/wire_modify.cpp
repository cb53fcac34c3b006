// Capture and void of an authorization, refund of a capture. From "Capture authorized payment", "Void
// authorized payment" and "Refund captured payment", Payments v2.
#include <array>

#include "amounts.hpp"
#include "wire_request.hpp"

namespace florin::paypal {
namespace {

// The refusals that are about the money and not about how we asked.
std::optional<DeclineReason> reason_of_refusal(const std::string& issue) {
  for (const std::string_view amount :
       {"MAX_CAPTURE_AMOUNT_EXCEEDED", "AUTHORIZATION_AMOUNT_EXCEEDED", "REFUND_AMOUNT_EXCEEDED",
        "REFUND_AMOUNT_TOO_LOW", "CAPTURE_FULLY_REFUNDED", "CANNOT_BE_ZERO_OR_NEGATIVE",
        "PARTIAL_REFUND_NOT_ALLOWED"})
    if (issue == amount) return DeclineReason::kAmountInvalid;
  for (const std::string_view expired : {"AUTHORIZATION_EXPIRED", "REFUND_TIME_LIMIT_EXCEEDED"})
    if (issue == expired) return DeclineReason::kExpired;
  if (issue == "REFUND_FAILED_INSUFFICIENT_FUNDS") return DeclineReason::kInsufficientFunds;
  for (const std::string_view state :
       {"AUTHORIZATION_ALREADY_CAPTURED", "AUTHORIZATION_VOIDED", "AUTHORIZATION_DENIED",
        "MAX_CAPTURE_COUNT_EXCEEDED", "PREVIOUSLY_CAPTURED", "CANNOT_BE_VOIDED",
        "MAX_NUMBER_OF_REFUNDS_EXCEEDED", "REFUND_NOT_ALLOWED", "REFUND_IS_RESTRICTED",
        "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK", "TRANSACTION_DISPUTED", "PENDING_CAPTURE"})
    if (issue == state) return DeclineReason::kNotPermitted;
  return std::nullopt;
}

// What is common to the three: everything but a readable yes.
std::optional<ModifyResult> not_done(const Reading& reading) {
  if (const auto* decline = std::get_if<Declined>(&reading)) return ModifyResult(Modification(*decline));
  if (const auto* unclear = std::get_if<Unclear>(&reading))
    return ModifyResult(Modification(InDoubt{unclear->why, ""}));
  const auto* refusal = std::get_if<Refused>(&reading);
  if (refusal == nullptr) return std::nullopt;
  const auto reason = reason_of_refusal(refusal->issue);
  if (!reason) return ModifyResult(refusal->error);
  return ModifyResult(Modification(Declined{*reason, refusal->issue, refusal->error.message}));
}

const Json* find_by(const Json& order, std::string_view list, std::string_view name,
                    const std::string& value) {
  const Json* all = find(order, "purchase_units.0.payments." + std::string(list));
  if (all == nullptr || !all->is_array()) return nullptr;
  for (const Json& each : *all)
    if (text_at(each, name) == value) return &each;
  return nullptr;
}

}  // namespace

Result<HttpRequest> capture_authorization(const std::string& authorization, const CaptureRequest& request) {
  FLORIN_TRY(amount, to_paypal_amount(request.amount));
  // The invoice_id is how a look-up finds this capture again among the order's.
  const Json body = {
      {"amount", amount}, {"final_capture", request.final}, {"invoice_id", request.attempt_id}};
  return post("/v2/payments/authorizations/" + url_encode(authorization) + "/capture", request.attempt_id,
              body);
}

HttpRequest void_authorization(const std::string& authorization, const std::string& key) {
  HttpRequest request =
      post("/v2/payments/authorizations/" + url_encode(authorization) + "/void", key, Json());
  request.body.clear();
  request.headers.erase("Prefer");  // 204 is all we need.
  return request;
}

Result<HttpRequest> refund_capture(const RefundRequest& request) {
  FLORIN_TRY(amount, to_paypal_amount(request.amount));
  if (request.capture_reference.empty())
    return Error{Error::Kind::kInvalid, "a PayPal refund needs the capture that it is taken from", "",
                 "capture_reference"};
  Json body = {{"amount", amount}, {"custom_id", request.attempt_id}, {"invoice_id", request.attempt_id}};
  if (!request.reason.empty()) body["note_to_payer"] = clipped(request.reason, 255);
  return post("/v2/payments/captures/" + url_encode(request.capture_reference) + "/refund",
              request.attempt_id, body);
}

ModifyResult captured(const Reading& reading, Money amount) {
  if (const auto no = not_done(reading)) return *no;
  return capture_outcome(std::get<Json>(reading), amount);
}

ModifyResult voided(const Reading& reading, const std::string& order) {
  if (const auto* refusal = std::get_if<Refused>(&reading))
    if (refusal->issue == "PREVIOUSLY_VOIDED") return Modification(Accepted{order, false, std::nullopt});
  if (const auto no = not_done(reading)) return *no;
  const std::string status = text_at(std::get<Json>(reading), "status");
  if (!status.empty() && status != "VOIDED") return Modification(InDoubt{"PayPal does not say voided", ""});
  return Modification(Accepted{order, false, std::nullopt});
}

ModifyResult refunded(const Reading& reading, Money amount) {
  if (const auto no = not_done(reading)) return *no;
  return refund_outcome(std::get<Json>(reading), amount);
}

Modification capture_outcome(const Json& capture, Money amount) {
  const std::string id = text_at(capture, "id"), status = text_at(capture, "status");
  if (status == "DECLINED" || status == "FAILED")
    return Declined{reason_of_response(text_at(capture, "processor_response.response_code")),
                    clipped(text_at(capture, "processor_response.response_code"), 100), ""};
  if (id.empty() || amount_at(capture, "amount") != amount)
    return InDoubt{"PayPal does not show the capture that was asked", id};
  if (status == "PENDING") return Accepted{id, true, std::nullopt};
  if (status == "COMPLETED" || status == "PARTIALLY_REFUNDED" || status == "REFUNDED")
    return Accepted{id, false, amount_at(capture, "seller_receivable_breakdown.paypal_fee")};
  return InDoubt{"PayPal's capture is " + clipped(status, 40), id};
}

Modification refund_outcome(const Json& refund, Money amount) {
  const std::string id = text_at(refund, "id"), status = text_at(refund, "status");
  if (id.empty() || amount_at(refund, "amount") != amount)
    return InDoubt{"PayPal does not show the refund that was asked", id};
  if (status == "COMPLETED") return Accepted{id, false, std::nullopt};
  if (status == "PENDING") return Accepted{id, true, std::nullopt};
  if (status == "FAILED" || status == "CANCELLED")
    return Declined{DeclineReason::kMethodUnavailable, status, ""};
  return InDoubt{"PayPal's refund is " + clipped(status, 40), id};
}

const Json* find_capture(const Json& order, const std::string& attempt_id) {
  return find_by(order, "captures", "invoice_id", attempt_id);
}
const Json* find_refund(const Json& order, const std::string& attempt_id) {
  return find_by(order, "refunds", "custom_id", attempt_id);
}

}  // namespace florin::paypal
