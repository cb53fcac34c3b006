// Square's webhooks: the signature over our own address and the raw bytes, then which of our payments an
// event speaks of. From "Validate webhook notifications" and the payment.* and refund.* events, API
// 2025-08-20.
#include <florin/crypto.hpp>

#include "amounts.hpp"
#include "times.hpp"
#include "wire_request.hpp"

namespace florin::square {
namespace {

constexpr std::chrono::minutes kClocksDiffer{5};

Error denied(const std::string& why) {
  return Error{Error::Kind::kDenied, "Square webhook refused: " + why, "webhook_invalid", ""};
}

// Square itself voids what nobody completed, at `delayed_until`.
bool has_expired(const Json& payment) {
  const auto until = from_rfc3339(text_at(payment, "delayed_until")),
             at = from_rfc3339(text_at(payment, "updated_at"));
  return until && at && *at >= *until;
}

void read_payment(const Json& payment, ProviderEvent& event) {
  using Kind = ProviderEvent::Kind;
  event.reference = text_at(payment, "id");
  event.attempt_id = text_at(payment, "reference_id");
  event.amount = total_of(payment);
  const std::string status = text_at(payment, "status");
  if (status == "APPROVED") event.kind = Kind::kAuthorized;
  if (status == "CANCELED") event.kind = has_expired(payment) ? Kind::kExpired : Kind::kVoided;
  if (status == "COMPLETED") {
    event.kind = Kind::kCaptured;
    event.operation_reference = event.reference;
    event.fee = fee_of(payment);
  }
  if (status == "FAILED") {
    event.kind = Kind::kDeclined;
    const Json* error = find(payment, "card_details.errors.0");
    const Declined why = declined(error != nullptr ? *error : Json::object());
    event.reason = why.reason;
    event.provider_code = why.provider_code;
  }
}

void read_refund(const Json& refund, ProviderEvent& event) {
  const std::string status = text_at(refund, "status");
  if (status == "COMPLETED") event.kind = ProviderEvent::Kind::kRefunded;
  if (status == "REJECTED" || status == "FAILED") {
    event.kind = ProviderEvent::Kind::kRefundFailed;
    event.provider_code = status;
  }
  event.reference = text_at(refund, "payment_id");
  event.operation_reference = text_at(refund, "id");
  event.attempt_id = attempt_in(text_at(refund, "reason"));
  event.amount = money_at(refund, "amount_money");
}

}  // namespace

Result<Done> verify_signature(const WebhookRequest& request, const Secret& key) {
  if (key.empty()) return denied("this account has no webhook_signature_key");
  const auto header = request.headers.find("x-square-hmacsha256-signature");
  if (header == request.headers.end()) return denied("it has no x-square-hmacsha256-signature");
  const std::string wanted = to_base64(hmac_sha256(key.expose(), request.url + request.body));
  if (!equal_in_constant_time(header->second, wanted))
    return denied("its signature is not ours: the key, or the address at Square, is not the one of " +
                  request.url);
  return Done{};
}

Result<ProviderEvent> read_event(std::string_view body, Instant now, const Config& config) {
  FLORIN_TRY(json, parse_json(body));
  ProviderEvent event;
  event.id = text_at(json, "event_id");
  event.type = clipped(text_at(json, "type"), 100);
  const auto created = from_rfc3339(text_at(json, "created_at"));
  if (event.id.empty() || !created)
    return Error{Error::Kind::kInvalid, "this is no Square event", "webhook_invalid", ""};
  if (now - *created > kOldestWebhook || *created - now > kClocksDiffer)
    return denied("its event is of more than three days ago, or of later than now");
  const Json* payment = find(json, "data.object.payment");
  const Json* refund = find(json, "data.object.refund");
  const Json* object = payment != nullptr ? payment : refund;
  // One subscription tells of all locations of all sellers of the application.
  if (object == nullptr || text_at(*object, "location_id") != config.location_id) return event;
  if (payment != nullptr)
    read_payment(*payment, event);
  else
    read_refund(*refund, event);
  return event;
}

}  // namespace florin::square
