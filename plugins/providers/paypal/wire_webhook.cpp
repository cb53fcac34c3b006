// PayPal's webhooks: PayPal itself says whether it signed them, then which of our payments an event speaks
// of. From "Verify webhook signature" (Webhooks v1) and "Webhook event names".
#include <chrono>
#include <cstdio>

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

// "2026-11-20T12:00:00Z", as PayPal writes it.
std::optional<Instant> parse_time(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, read = 0;
  const int fields = std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour,
                                 &minute, &second, &read);
  if (fields != 6 || text.empty() || text.back() != 'Z' || read < 19) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                                         std::chrono::day(unsigned(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
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
