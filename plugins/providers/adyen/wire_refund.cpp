// Refunds: asked for in one request, which Adyen only ever says to have received; how it ended comes by
// webhook. From "Refund a captured payment" of Checkout API v71.
#include "wire_request.hpp"

namespace florin::adyen {

// Nothing but what a LookupRequest knows too: no reason, so that the look-up can send the same bytes.
Result<HttpRequest> give_back(const RefundOrder& order, const Config& config) {
  FLORIN_TRY(value, to_adyen_value(order.amount));
  const Json body = {{"merchantAccount", config.merchant_account},
                     {"reference", order.attempt_id},
                     {"amount", amount_json(value, order.amount)}};
  return post("/payments/" + url_encode(order.payment) + "/refunds", order.attempt_id, body, config);
}

ModifyResult given_back(const Reading& reading, const RefundOrder& order) {
  if (const auto* unclear = std::get_if<Unclear>(&reading)) return Modification(InDoubt{unclear->why, ""});
  if (const auto* refusal = std::get_if<Refused>(&reading)) {
    // "Invalid amount specified" and "Original pspReference required": about this refund, not how we asked.
    if (refusal->code == "137")
      return Modification(Declined{DeclineReason::kAmountInvalid, refusal->code, refusal->error.message});
    if (refusal->code == "167")
      return Modification(Declined{DeclineReason::kNotPermitted, refusal->code, refusal->error.message});
    return refusal->error;
  }
  const Json& answer = std::get<Json>(reading);
  const std::string reference = text_at(answer, "pspReference");
  const bool is_ours = text_at(answer, "paymentPspReference") == order.payment && !reference.empty() &&
                       amount_in(answer, "amount") == order.amount;
  if (!is_ours || text_at(answer, "status") != "received")
    return Modification(InDoubt{"Adyen does not say that it received the refund that was asked", reference});
  return Modification(Accepted{reference, true, std::nullopt});
}

}  // namespace florin::adyen
