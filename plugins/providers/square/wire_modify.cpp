// Capture, void and refund. From "Update payment", "Complete payment", "Cancel payment", "Refund payment" and
// "List payment refunds", API 2025-08-20. Square completes a payment once and whole: a smaller capture
// lowers the held amount first, and the rest goes back to the payer.
#include "amounts.hpp"
#include "wire_request.hpp"

namespace florin::square {
namespace {

std::string payment_path(const std::string& payment, std::string_view verb) {
  return "/v2/payments/" + url_encode(payment) + std::string(verb);
}

std::string words_of(const std::string& reason) {
  if (reason == "duplicate") return "Duplicate";
  if (reason == "fraudulent") return "Fraudulent";
  return reason == "requested_by_customer" ? "Requested by customer" : "Refund";
}

}  // namespace

HttpRequest lower_amount(const CaptureRequest& request, const Config& config) {
  const Json body = {{"idempotency_key", request.attempt_id + "-amount"},
                     {"payment", {{"amount_money", to_square(request.amount)}}}};
  return with_body("PUT", payment_path(request.reference, ""), body, config);
}

HttpRequest complete_payment(const std::string& payment, const Config& config) {
  return with_body("POST", payment_path(payment, "/complete"), Json::object(), config);
}

HttpRequest cancel_payment(const std::string& payment, const Config& config) {
  HttpRequest request = get(payment_path(payment, "/cancel"), config);
  request.method = "POST";
  return request;
}

std::optional<Modification> capture_outcome(const Json& payment, Money amount) {
  const std::string id = text_at(payment, "id"), status = text_at(payment, "status");
  if (status == "APPROVED") return std::nullopt;
  if (status == "COMPLETED" && total_of(payment) == amount) return Accepted{id, false, fee_of(payment)};
  if (status == "COMPLETED")
    return Declined{DeclineReason::kNotPermitted, status, "another amount of it is captured already"};
  if (status == "CANCELED" || status == "FAILED")
    return Declined{DeclineReason::kExpired, status, "Square no longer holds this payment"};
  return InDoubt{"Square's status is not one to judge by: " + clipped(status, 40), ""};
}

// Whatever is still held of it goes back, so that the amount does not matter.
std::optional<Modification> void_outcome(const Json& payment, Money) {
  const std::string id = text_at(payment, "id"), status = text_at(payment, "status");
  if (status == "APPROVED") return std::nullopt;
  if (status == "CANCELED" || status == "FAILED") return Accepted{id, false, std::nullopt};
  if (status == "COMPLETED")
    return Declined{DeclineReason::kNotPermitted, status, "it is captured already: refund it instead"};
  return InDoubt{"Square's status is not one to judge by: " + clipped(status, 40), ""};
}

HttpRequest create_refund(const RefundRequest& request, const Config& config) {
  const Json body = {{"idempotency_key", request.attempt_id},
                     {"payment_id", request.reference},
                     {"amount_money", to_square(request.amount)},
                     {"reason", words_of(request.reason) + " (" + request.attempt_id + ")"}};
  return with_body("POST", "/v2/refunds", body, config);
}

HttpRequest retrieve_refund(const std::string& refund, const Config& config) {
  return get("/v2/refunds/" + url_encode(refund), config);
}

HttpRequest list_refunds(const LookupRequest& request, const std::string& cursor, const Config& config) {
  return get("/v2/refunds" + around(request, cursor, config), config);
}

Modification refund_outcome(const Json& refund, Money amount) {
  const std::string id = text_at(refund, "id"), status = text_at(refund, "status");
  if (id.empty() || money_at(refund, "amount_money") != amount)
    return InDoubt{"Square does not show the refund that was asked", id};
  if (status == "COMPLETED") return Accepted{id, false, std::nullopt};
  if (status == "PENDING") return Accepted{id, true, std::nullopt};
  if (status == "REJECTED" || status == "FAILED")
    return Declined{DeclineReason::kMethodUnavailable, status, ""};
  return InDoubt{"Square's refund status is unknown to us: " + clipped(status, 40), id};
}

std::string attempt_in(const std::string& reason) {
  const auto open = reason.rfind('(');
  if (open == std::string::npos || reason.back() != ')') return "";
  return reason.substr(open + 1, reason.size() - open - 2);
}

const Json* find_refund(const Json& page, const std::string& payment, const std::string& attempt_id) {
  const Json* refunds = find(page, "refunds");
  if (refunds == nullptr || !refunds->is_array()) return nullptr;
  for (const Json& refund : *refunds)
    if (text_at(refund, "payment_id") == payment && attempt_in(text_at(refund, "reason")) == attempt_id)
      return &refund;
  return nullptr;
}

}  // namespace florin::square
