// Stripe's webhooks: the signature over the raw bytes, then which of our payments an event speaks of. From
// "Verify webhook signatures manually" and "Types of events" in Stripe's documentation.
#include <algorithm>
#include <charconv>

#include <florin/crypto.hpp>

#include "currencies.hpp"
#include "wire_request.hpp"

namespace florin::stripe {
namespace {

struct Signature {
  std::int64_t timestamp = 0;
  std::string timestamp_text;
  std::vector<std::string> v1;
};

// "t=1700000000,v1=...,v1=...,v0=...": v0 and what is unknown is passed over.
std::optional<Signature> parse_signature(std::string_view header) {
  Signature signature;
  while (!header.empty()) {
    const auto comma = std::min(header.find(','), header.size());
    const std::string_view part = header.substr(0, comma);
    header.remove_prefix(std::min(comma + 1, header.size()));
    if (part.rfind("t=", 0) == 0) signature.timestamp_text = part.substr(2);
    if (part.rfind("v1=", 0) == 0) signature.v1.emplace_back(part.substr(3));
  }
  const std::string& digits = signature.timestamp_text;
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), signature.timestamp);
  if (bad != std::errc() || end != digits.data() + digits.size() || signature.v1.empty()) return std::nullopt;
  return signature;
}

Error denied(const std::string& why) {
  return Error{Error::Kind::kDenied, "Stripe webhook refused: " + why, "webhook_invalid", ""};
}

std::optional<Money> amount_at(const Json& object, std::string_view name) {
  const auto count = integer_at(object, name);
  if (!count) return std::nullopt;
  return from_stripe_amount(*count, text_at(object, "currency"));
}

void read_intent(const Json& intent, const std::string& type, ProviderEvent& event) {
  using Kind = ProviderEvent::Kind;
  event.reference = reference_of(intent);
  event.attempt_id = text_at(intent, "metadata.attempt_id");
  if (type == "payment_intent.succeeded") {
    event.kind = Kind::kCaptured;
    event.operation_reference = charge_of(intent);
    event.amount = amount_at(intent, "amount_received");
    event.fee = fee_of(intent);
  } else if (type == "payment_intent.amount_capturable_updated") {
    event.kind = Kind::kAuthorized;
    event.amount = amount_at(intent, "amount_capturable");
  } else if (type == "payment_intent.payment_failed") {
    event.kind = Kind::kDeclined;
    event.amount = amount_at(intent, "amount");
    const Json* failure = find(intent, "last_payment_error");
    const Declined why = declined(failure != nullptr ? *failure : Json::object());
    event.reason = why.reason;
    event.provider_code = why.provider_code;
  } else if (type == "payment_intent.canceled") {
    const bool expired = text_at(intent, "cancellation_reason") == "automatic";
    event.kind = expired ? Kind::kExpired : Kind::kVoided;
    event.amount = amount_at(intent, "amount");
  }
}

void read_refund(const Json& refund, ProviderEvent& event) {
  const std::string status = text_at(refund, "status");
  if (status == "succeeded") event.kind = ProviderEvent::Kind::kRefunded;
  if (status == "failed" || status == "canceled") event.kind = ProviderEvent::Kind::kRefundFailed;
  event.reference = text_at(refund, "payment_intent");
  event.operation_reference = text_at(refund, "id");
  event.attempt_id = text_at(refund, "metadata.attempt_id");
  event.amount = amount_at(refund, "amount");
  event.provider_code = clipped(text_at(refund, "failure_reason"), 100);
}

}  // namespace

Result<Done> verify_signature(const WebhookRequest& request, const Secret& secret) {
  if (secret.empty()) return denied("this account has no webhook_secret");
  const auto header = request.headers.find("Stripe-Signature");
  if (header == request.headers.end()) return denied("it has no Stripe-Signature");
  const auto signature = parse_signature(header->second);
  if (!signature) return denied("its Stripe-Signature is malformed");

  const std::string wanted =
      to_hex(hmac_sha256(secret.expose(), signature->timestamp_text + "." + request.body));
  bool genuine = false;
  for (const std::string& given : signature->v1) genuine |= equal_in_constant_time(given, wanted);
  if (!genuine) return denied("its signature is not ours");

  const auto now = std::chrono::duration_cast<std::chrono::seconds>(request.now.time_since_epoch()).count();
  std::int64_t age = 0;
  if (__builtin_sub_overflow(now, signature->timestamp, &age) || age > kWebhookTolerance.count() ||
      age < -kWebhookTolerance.count())
    return denied("it was signed more than five minutes from now");
  return Done{};
}

Result<ProviderEvent> read_event(std::string_view body) {
  FLORIN_TRY(json, parse_json(body));
  ProviderEvent event;
  event.id = text_at(json, "id");
  event.type = clipped(text_at(json, "type"), 100);
  const Json* object = find(json, "data.object");
  if (event.id.empty() || object == nullptr || !object->is_object())
    return Error{Error::Kind::kInvalid, "this is no Stripe event", "webhook_invalid", ""};
  const std::string is = text_at(*object, "object");
  if (is == "payment_intent") read_intent(*object, event.type, event);
  // charge.refunded shows a running total and not which refund it speaks of: refund.* says that.
  if (is == "refund") read_refund(*object, event);
  return event;
}

}  // namespace florin::stripe
