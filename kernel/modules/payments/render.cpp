// One place spells the payment object's members; openapi's schema of it stands in routes/schemas.cpp.
#include "kernel/modules/payments/render.hpp"

#include "kernel/platform/clock/clock.hpp"

namespace florin {

namespace {
Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }
Json member(const Json& details, const char* name) {
  const auto found = details.find(name);
  return found == details.end() ? Json() : *found;
}
}  // namespace

Json render_payment(const Payment& payment, const std::string& client_secret) {
  const Json& details = payment.details;
  const bool capturable =
      payment.status == PaymentStatus::kRequiresCapture || payment.status == PaymentStatus::kPartiallyCaptured;
  Json json{{"id", payment.id},
            {"object", "payment"},
            {"amount", payment.amount.minor()},
            {"amount_capturable", capturable ? payment.amount.minor() - payment.captured.minor() : 0},
            {"amount_captured", payment.captured.minor()},
            {"amount_refunded", payment.refunded.minor()},
            {"currency", payment.amount.currency().code()},
            {"status", to_text(payment.status)},
            {"capture_method", payment.manual_capture ? "manual" : "automatic"},
            {"payment_method", payment.method},
            {"customer", member(details, "customer")},
            {"billing", member(details, "billing")},
            {"shipping", member(details, "shipping")},
            {"line_items", details.value("line_items", Json::array())},
            {"description", member(details, "description")},
            {"country", member(details, "country")},
            {"return_url", member(details, "return_url")},
            {"metadata", details.value("metadata", Json::object())},
            {"next_action", payment.next_action},
            {"last_error", payment.last_error},
            {"account", or_null(payment.account)},
            {"provider", or_null(payment.provider)},
            {"review", payment.in_review},
            {"pending_attempt", or_null(payment.busy)},
            {"created", unix_seconds(payment.created)},
            {"updated", unix_seconds(payment.updated)},
            {"livemode", payment.livemode}};
  json["capture_before"] = payment.capture_before ? Json(unix_seconds(*payment.capture_before)) : Json();
  if (!client_secret.empty()) json["client_secret"] = client_secret;
  return json;
}

Json render_attempt(const Attempt& attempt) {
  Json json{{"id", attempt.id},
            {"object", "attempt"},
            {"payment", attempt.payment_id},
            {"kind", to_text(attempt.kind)},
            {"number", attempt.number},
            {"account", attempt.account},
            {"provider", attempt.provider},
            {"amount", attempt.amount.minor()},
            {"currency", attempt.amount.currency().code()},
            {"status", to_text(attempt.state)},
            {"reference", or_null(attempt.reference)},
            {"decline_code", or_null(attempt.decline_reason)},
            {"provider_code", or_null(attempt.provider_code)},
            {"message", or_null(attempt.message)},
            {"exchanges", attempt.exchanges},
            {"created", unix_seconds(attempt.started)}};
  json["ended"] = attempt.ended ? Json(unix_seconds(*attempt.ended)) : Json();
  return json;
}

Json policy_payment(const Payment& payment, int attempt, Instant now) {
  Json json{{"id", payment.id},
            {"amount_minor", payment.amount.minor()},
            {"amount_text", payment.amount.text()},
            {"currency", payment.amount.currency().code()},
            {"exponent", payment.amount.currency().exponent()},
            {"method", payment.method_type},
            {"capture_method", payment.manual_capture ? "manual" : "automatic"},
            {"country", text_at(payment.details, "country")},
            {"customer_id", payment.customer_id},
            {"description", text_at(payment.details, "description")},
            {"metadata", payment.details.value("metadata", Json::object())},
            {"attempt", attempt},
            {"now", {{"unix", unix_seconds(now)}}}};
  if (const Json* card = payment.method.is_object() ? find(payment.method, "card") : nullptr)
    json["card"] = {{"brand", text_at(*card, "brand")},
                    {"country", text_at(*card, "country")},
                    {"last4", text_at(*card, "last4")},
                    {"bin", text_at(*card, "bin")}};
  return json;
}

}  // namespace florin
