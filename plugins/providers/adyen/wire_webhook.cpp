// Adyen's notifications: the HMAC over eight fields of each item, and which of our payments it speaks of.
// From "Verify HMAC signatures" and "Webhook types" in Adyen's documentation.
//
// The signature covers neither a time nor the rest of the body. So only signed fields are taken over, and
// that a notification is old cannot be told: its id makes the kernel drop the second of two.
#include <array>

#include <florin/crypto.hpp>

#include "wire_request.hpp"

namespace florin::adyen {
namespace {

Error denied(const std::string& why) {
  return Error{Error::Kind::kDenied, "Adyen webhook refused: " + why, "webhook_invalid", ""};
}

// In the order in which they are joined by colons. Nothing is escaped, so that a colon inside one of them
// could stand for a border between two: none of ours has one.
struct Signed {
  std::string text;
  bool ambiguous = false;
};
Signed signed_text(const Json& item) {
  const auto value = integer_at(item, "amount.value");
  const std::array<std::string, 8> fields = {
      text_at(item, "pspReference"),        text_at(item, "originalReference"),
      text_at(item, "merchantAccountCode"), text_at(item, "merchantReference"),
      value ? std::to_string(*value) : "",  text_at(item, "amount.currency"),
      text_at(item, "eventCode"),           text_at(item, "success")};
  Signed joined{fields[0], fields[0].find(':') != std::string::npos};
  for (std::size_t i = 1; i < fields.size(); ++i) {
    joined.text += ':' + fields[i];
    joined.ambiguous |= fields[i].find(':') != std::string::npos;
  }
  return joined;
}

Result<Done> verify(const Json& item, const std::string& text, const Config& config) {
  const Result<std::string> key = from_hex(config.hmac_key.expose());
  if (!key || key->empty()) return denied("this account's hmac_key is missing, or is no hex");
  const Json* data = find(item, "additionalData");
  const std::string given = data != nullptr ? text_at(*data, "hmacSignature") : "";
  if (!equal_in_constant_time(given, to_base64(hmac_sha256(*key, text))))
    return denied("its signature is not ours");
  if (text_at(item, "merchantAccountCode") != config.merchant_account)
    return denied("it is about another merchant account: give each its own webhook");
  return Done{};
}

ProviderEvent::Kind kind_of(const std::string& code, bool success) {
  using Kind = ProviderEvent::Kind;
  // Every payment of ours is taken with its authorisation, so that Adyen tells of no capture.
  if (code == "AUTHORISATION") return success ? Kind::kCaptured : Kind::kDeclined;
  if (code == "REFUND") return success ? Kind::kRefunded : Kind::kRefundFailed;
  const bool came_back = code == "REFUND_FAILED" || code == "REFUNDED_REVERSED";
  return came_back && success ? Kind::kRefundFailed : Kind::kIgnored;
}

ProviderEvent event_of(const Json& item, bool ambiguous) {
  const std::string psp = text_at(item, "pspReference"), original = text_at(item, "originalReference");
  const std::string success = text_at(item, "success");
  ProviderEvent event;
  event.type = clipped(text_at(item, "eventCode"), 100);
  event.id = psp + ":" + event.type + ":" + success;
  event.kind = kind_of(event.type, success == "true");
  if (ambiguous) event.kind = ProviderEvent::Kind::kIgnored;
  event.reference = original.empty() ? psp : original;
  event.operation_reference = psp;
  event.attempt_id = text_at(item, "merchantReference");
  event.amount = amount_in(item, "amount");
  return event;
}

}  // namespace

Result<std::vector<ProviderEvent>> read_notification(std::string_view body, const Config& config) {
  const Result<Json> json = parse_json(body);
  const Json* items = json ? find(*json, "notificationItems") : nullptr;
  if (items == nullptr || !items->is_array() || items->empty()) return denied("it is no notification");
  std::vector<ProviderEvent> events;
  for (const Json& wrapper : *items) {
    const Json* item = find(wrapper, "NotificationRequestItem");
    if (item == nullptr || !item->is_object() || text_at(*item, "pspReference").empty())
      return denied("one of its items is none");
    const Signed joined = signed_text(*item);
    FLORIN_TRY(genuine, verify(*item, joined.text, config));
    (void)genuine;
    events.push_back(event_of(*item, joined.ambiguous));
  }
  return events;
}

}  // namespace florin::adyen
