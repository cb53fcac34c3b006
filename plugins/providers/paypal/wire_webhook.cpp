// PayPal's webhooks: PayPal itself says whether it signed them, then which of our payments an event speaks
// of. From "Verify webhook signature" (Webhooks v1) and "Webhook event names".
#include <chrono>
#include <string_view>

#include "amounts.hpp"
#include "wire_request.hpp"

namespace florin::paypal {
namespace {

// PayPal delivers again for three days; what was signed before that is a replay.
constexpr std::chrono::hours kOldest{73};
constexpr std::chrono::minutes kClocksDiffer{5};

Error denied(const std::string& why) {
  return Error{Error::Kind::kDenied, "PayPal webhook refused: " + why, "webhook_invalid", ""};
}

// Exactly as many digits as `text` has bytes; nothing else is a number here.
std::optional<int> number(std::string_view text) {
  int value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  return value;
}

// What follows the seconds: a fraction of at least one digit, or nothing, and then how far the clock that
// wrote it was ahead of UTC. PayPal writes "Z"; its contract allows an offset too.
std::optional<std::chrono::minutes> parse_offset(std::string_view text) {
  if (text.starts_with('.')) {
    const std::size_t end = text.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end);
  }
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = number(text.substr(1, 2)), minutes = number(text.substr(4));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return std::chrono::minutes((*hours * 60 + *minutes) * (text[0] == '-' ? -1 : 1));
}

// RFC 3339, section 5.6: "2026-11-20T12:00:00Z". The fraction is dropped: hours are judged by it.
std::optional<Instant> parse_time(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  if (text.size() <= kShape.size()) return std::nullopt;
  for (const std::size_t mark : {4, 7, 13, 16})
    if (text[mark] != kShape[mark]) return std::nullopt;
  if (text[10] != 'T' && text[10] != 't') return std::nullopt;
  const auto year = number(text.substr(0, 4)), month = number(text.substr(5, 2)), day = number(text.substr(8, 2)),
             hour = number(text.substr(11, 2)), minute = number(text.substr(14, 2)),
             second = number(text.substr(17, 2));
  const auto offset = parse_offset(text.substr(kShape.size()));
  if (!year || !month || !day || !hour || !minute || !second || !offset) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(unsigned(*month)),
                                         std::chrono::day(unsigned(*day))};
  // A leap second is the sixtieth.
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) - *offset;
}

// The certificate must be PayPal's own, or the question would be about somebody else's signature.
bool is_paypals(const std::string& url) {
  const std::string scheme = "https://";
  if (url.rfind(scheme, 0) != 0) return false;
  const std::string host = url.substr(scheme.size(), url.find('/', scheme.size()) - scheme.size());
  const std::string domain = ".paypal.com";
  return host.size() > domain.size() && host.find_first_of("@:\\?#") == std::string::npos &&
         host.compare(host.size() - domain.size(), domain.size(), domain) == 0;
}

void read_payment(const Json& resource, ProviderEvent& event) {
  event.reference = text_at(resource, "supplementary_data.related_ids.order_id");
  event.attempt_id = text_at(resource, "custom_id");
  event.operation_reference = text_at(resource, "id");
  event.amount = amount_at(resource, "amount");
}

void read_refusal(const Json& resource, ProviderEvent& event) {
  event.kind = ProviderEvent::Kind::kDeclined;
  event.provider_code = clipped(text_at(resource, "processor_response.response_code"), 100);
  event.reason =
      event.provider_code.empty() ? DeclineReason::kDoNotHonor : reason_of_response(event.provider_code);
}

}  // namespace

Result<HttpRequest> verify_webhook(const WebhookRequest& request, const Config& config) {
  if (config.webhook_id.empty()) return denied("this account has no webhook_id");
  Json question = {{"webhook_id", config.webhook_id}};
  const std::pair<const char*, const char*> parts[] = {{"auth_algo", "PAYPAL-AUTH-ALGO"},
                                                       {"cert_url", "PAYPAL-CERT-URL"},
                                                       {"transmission_id", "PAYPAL-TRANSMISSION-ID"},
                                                       {"transmission_sig", "PAYPAL-TRANSMISSION-SIG"},
                                                       {"transmission_time", "PAYPAL-TRANSMISSION-TIME"}};
  for (const auto& [member, header] : parts) {
    const auto found = request.headers.find(std::string_view(header));
    if (found == request.headers.end() || found->second.empty())
      return denied(std::string("it has no ") + header);
    question[member] = found->second;
  }
  if (!is_paypals(text_at(question, "cert_url"))) return denied("its certificate is not at paypal.com");
  const auto sent = parse_time(text_at(question, "transmission_time"));
  if (!sent) return denied("its time is malformed");
  if (request.now - *sent > kOldest || *sent - request.now > kClocksDiffer)
    return denied("it was signed too long ago");
  const Result<Json> event = parse_json(request.body);
  if (!event || !event->is_object()) return denied("its body is no JSON object");

  HttpRequest ask = post("/v1/notifications/verify-webhook-signature", "", Json());
  ask.headers.erase("PayPal-Request-Id");
  ask.headers.erase("Prefer");
  // The event goes in as it came, byte for byte: the signature is over its bytes, not over its meaning.
  std::string body = to_text(question);
  body.pop_back();
  ask.body = body + ",\"webhook_event\":" + request.body + "}";
  return ask;
}

Result<Done> read_verification(const Reading& reading) {
  if (const auto* refusal = std::get_if<Refused>(&reading)) return refusal->error;
  if (const auto* unclear = std::get_if<Unclear>(&reading))
    return Error{Error::Kind::kTimedOut, unclear->why, "", ""};
  if (const auto* json = std::get_if<Json>(&reading))
    if (text_at(*json, "verification_status") == "SUCCESS") return Done{};
  return denied("PayPal does not know its signature");
}

Result<ProviderEvent> read_event(std::string_view body) {
  using Kind = ProviderEvent::Kind;
  FLORIN_TRY(json, parse_json(body));
  ProviderEvent event;
  event.id = text_at(json, "id");
  event.type = clipped(text_at(json, "event_type"), 100);
  const Json* resource = find(json, "resource");
  if (event.id.empty() || resource == nullptr || !resource->is_object())
    return Error{Error::Kind::kInvalid, "this is no PayPal event", "webhook_invalid", ""};
  const std::string& type = event.type;
  if (type.rfind("PAYMENT.", 0) == 0) read_payment(*resource, event);
  if (type == "PAYMENT.CAPTURE.COMPLETED") {
    event.kind = Kind::kCaptured;
    event.fee = amount_at(*resource, "seller_receivable_breakdown.paypal_fee");
  } else if (type == "PAYMENT.CAPTURE.DENIED" || type == "PAYMENT.CAPTURE.DECLINED") {
    read_refusal(*resource, event);
  } else if (type == "PAYMENT.CAPTURE.REFUNDED" || type == "PAYMENT.CAPTURE.REVERSED") {
    event.kind = Kind::kRefunded;
  } else if (type == "PAYMENT.REFUND.FAILED") {
    event.kind = Kind::kRefundFailed;
  } else if (type == "PAYMENT.AUTHORIZATION.CREATED") {
    event.kind = Kind::kAuthorized;
  } else if (type == "PAYMENT.AUTHORIZATION.VOIDED") {
    event.kind = Kind::kVoided;
  } else if (type == "CHECKOUT.ORDER.APPROVED" || type == "CHECKOUT.PAYMENT-APPROVAL.REVERSED") {
    event.kind = type == "CHECKOUT.ORDER.APPROVED" ? Kind::kActionDone : Kind::kExpired;
    event.reference = text_at(*resource, event.kind == Kind::kActionDone ? "id" : "order_id");
    event.attempt_id = text_at(*resource, "purchase_units.0.custom_id");
    event.amount = amount_at(*resource, "purchase_units.0.amount");
  }
  return event;
}

}  // namespace florin::paypal
