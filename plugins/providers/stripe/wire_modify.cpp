// Capture, void and refund. From "Capture a PaymentIntent", "Cancel a PaymentIntent", "Create a refund" and
// "List all refunds", API version 2023-08-16. Stripe captures an intent once; what is left goes back.
#include "currencies.hpp"
#include "wire_request.hpp"

namespace florin::stripe {
namespace {

// The refusals that are about the money and not about how we asked.
DeclineReason reason_of_refusal(const std::string& code) {
  if (code == "amount_too_large" || code == "amount_too_small" || code == "charge_already_refunded")
    return DeclineReason::kAmountInvalid;
  if (code == "charge_expired_for_capture") return DeclineReason::kExpired;
  return DeclineReason::kNotPermitted;
}

// Too much to capture or refund often comes without a code, naming only the parameter.
bool is_about_amount(const Refused& refusal) {
  return refusal.param == "amount" || refusal.param == "amount_to_capture";
}

bool is_about_money(const std::string& code) {
  return code == "amount_too_large" || code == "amount_too_small" || code == "charge_already_refunded" ||
         code == "charge_already_captured" || code == "charge_expired_for_capture" ||
         code == "charge_disputed" || code == "payment_intent_unexpected_state";
}

ModifyResult no(const Refused& refusal) {
  if (is_about_amount(refusal))
    return Modification(Declined{DeclineReason::kAmountInvalid, refusal.code, refusal.error.message});
  if (!is_about_money(refusal.code)) return refusal.error;
  return Modification(Declined{reason_of_refusal(refusal.code), refusal.code, refusal.error.message});
}

ModifyResult unclear(const Unclear& unknown) { return Modification(InDoubt{unknown.why, ""}); }

}  // namespace

Result<HttpRequest> capture_intent(const CaptureRequest& request, const Config& config) {
  FLORIN_TRY(count, to_stripe_amount(request.amount));
  Form form;
  form.add("amount_to_capture", count);
  form.add("expand[0]", kWithFee);
  return post("/v1/payment_intents/" + url_encode(request.reference) + "/capture", request.attempt_id, form,
              config);
}

ModifyResult captured(const Reading& reading, Money amount) {
  if (const auto* refusal = std::get_if<Refused>(&reading)) return no(*refusal);
  if (const auto* decline = std::get_if<Declined>(&reading)) return Modification(*decline);
  if (const auto* unknown = std::get_if<Unclear>(&reading)) return unclear(*unknown);
  const Json& intent = std::get<Json>(reading);
  const auto count = integer_at(intent, "amount_received");
  if (text_at(intent, "status") != "succeeded" || !count)
    return Modification(InDoubt{"Stripe does not say that it captured", ""});
  if (from_stripe_amount(*count, text_at(intent, "currency")) != amount)
    return Modification(InDoubt{"Stripe captured another amount than was asked", ""});
  return Modification(Accepted{charge_of(intent), false, fee_of(intent)});
}

ModifyResult voided(const Reading& reading) {
  if (const auto* refusal = std::get_if<Refused>(&reading)) {
    // Canceled before, by us or by Stripe: what was asked is true.
    if (text_at(refusal->intent, "status") == "canceled")
      return Modification(Accepted{reference_of(refusal->intent), false, std::nullopt});
    return no(*refusal);
  }
  if (const auto* decline = std::get_if<Declined>(&reading)) return Modification(*decline);
  if (const auto* unknown = std::get_if<Unclear>(&reading)) return unclear(*unknown);
  const Json& intent = std::get<Json>(reading);
  if (text_at(intent, "status") != "canceled")
    return Modification(InDoubt{"Stripe does not say canceled", ""});
  return Modification(Accepted{reference_of(intent), false, std::nullopt});
}

Result<HttpRequest> create_refund(const RefundRequest& request, const Config& config) {
  FLORIN_TRY(count, to_stripe_amount(request.amount));
  Form form;
  form.add("payment_intent", request.reference);
  form.add("amount", count);
  if (!request.reason.empty()) form.add("reason", request.reason);  // Our three words are Stripe's.
  form.add("metadata[attempt_id]", request.attempt_id);
  form.add("metadata[payment_id]", request.payment_id);
  return post("/v1/refunds", request.attempt_id, form, config);
}

HttpRequest list_refunds(const std::string& intent, const std::string& after, const Config& config) {
  std::string path = "/v1/refunds?payment_intent=" + url_encode(intent) + "&limit=100";
  if (!after.empty()) path += "&starting_after=" + url_encode(after);
  return get(path, config);
}

ModifyResult refunded(const Reading& reading, Money amount) {
  if (const auto* refusal = std::get_if<Refused>(&reading)) return no(*refusal);
  if (const auto* decline = std::get_if<Declined>(&reading)) return Modification(*decline);
  if (const auto* unknown = std::get_if<Unclear>(&reading)) return unclear(*unknown);
  return refund_outcome(std::get<Json>(reading), amount);
}

Modification refund_outcome(const Json& refund, Money amount) {
  const std::string id = text_at(refund, "id");
  const std::string status = text_at(refund, "status");
  const auto count = integer_at(refund, "amount");
  if (id.empty() || !count || from_stripe_amount(*count, text_at(refund, "currency")) != amount)
    return InDoubt{"Stripe does not show the refund that was asked", id};
  if (status == "succeeded") return Accepted{id, false, std::nullopt};
  if (status == "pending" || status == "requires_action") return Accepted{id, true, std::nullopt};
  if (status == "failed" || status == "canceled")
    return Declined{DeclineReason::kMethodUnavailable, clipped(text_at(refund, "failure_reason"), 100), ""};
  return InDoubt{"Stripe's refund status is unknown to us: " + clipped(status, 40), id};
}

const Json* find_refund(const Json& page, const std::string& attempt_id) {
  const Json* data = find(page, "data");
  if (data == nullptr || !data->is_array()) return nullptr;
  for (const Json& refund : *data)
    if (text_at(refund, "metadata.attempt_id") == attempt_id) return &refund;
  return nullptr;
}

}  // namespace florin::stripe
