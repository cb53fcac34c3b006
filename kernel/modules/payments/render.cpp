// One place spells the payment object's members; openapi's schema of it stands in routes/schemas.cpp.
#include "kernel/modules/payments/render.hpp"

#include <fmt/format.h>

#include <florin/check.hpp>

#include "kernel/modules/api/json_text.hpp"
#include "kernel/platform/clock/clock.hpp"

namespace florin {

namespace {
Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }
}  // namespace

std::string payment_text(const Payment& payment, std::string_view client_secret) {
  static const Json kNone, kNoItems = Json::array(), kNoMetadata = Json::object();
  const auto said = [&payment](const char* name, const Json& otherwise) -> const Json& {
    const auto found = payment.details->find(name);
    return found == payment.details->end() ? otherwise : *found;
  };
  const bool capturable =
      payment.status == PaymentStatus::kRequiresCapture || payment.status == PaymentStatus::kPartiallyCaptured;
  std::optional<std::int64_t> capture_before;
  if (payment.capture_before) capture_before = unix_seconds(*payment.capture_before);
  JsonText json;
  json.text("id", payment.id).text("object", "payment");
  if (!client_secret.empty()) json.text("client_secret", client_secret);
  json.integer("amount", payment.amount.minor())
      .integer("amount_capturable", capturable ? payment.amount.minor() - payment.captured.minor() : 0)
      .integer("amount_captured", payment.captured.minor())
      .integer("amount_refunded", payment.refunded.minor())
      .text("currency", payment.amount.currency().code())
      .text("status", to_text(payment.status))
      .text("capture_method", payment.manual_capture ? "manual" : "automatic")
      .raw("payment_method", payment.method.text())
      .json("customer", said("customer", kNone))
      .json("billing", said("billing", kNone))
      .json("shipping", said("shipping", kNone))
      .json("line_items", said("line_items", kNoItems))
      .json("description", said("description", kNone))
      .json("country", said("country", kNone))
      .json("return_url", said("return_url", kNone))
      .json("setup_future_usage", said("setup_future_usage", kNone))
      .json("metadata", said("metadata", kNoMetadata))
      .raw("next_action", payment.next_action.text())
      .raw("last_error", payment.last_error.text())
      .text_or_null("account", payment.account)
      .text_or_null("provider", payment.provider)
      .boolean("review", payment.in_review)
      .text_or_null("pending_attempt", payment.busy)
      .integer_or_null("capture_before", capture_before)
      .integer("created", unix_seconds(payment.created))
      .integer("updated", unix_seconds(payment.updated))
      .boolean("livemode", payment.livemode);
  return json.finish();
}

ApiAnswer told_as(std::string object, const std::string& payment_id, const std::string& route) {
  static constexpr std::string_view kBefore = R"("object":"payment")";
  const std::size_t at = object.find(kBefore);
  FLORIN_CHECK(at != std::string::npos, "payment_text() says what it is");
  object.insert(at + kBefore.size(), fmt::format(R"(,"client_secret":"{}")", kClientSecretMark));
  ApiAnswer answer = text_answer(route.starts_with("createPayment") ? 201 : 200, std::move(object));
  answer.object_id = payment_id;
  return answer;
}

Json render_payment(const Payment& payment, std::string_view client_secret) {
  return Json::parse(payment_text(payment, client_secret));
}

ApiAnswer refusal(int status, const Json& error, const Payment& payment) {
  JsonText body;
  body.raw("payment", payment_text(payment, kClientSecretMark));
  for (const auto& [name, value] : error.items()) body.json(name, value);
  return text_answer(status, JsonText().raw("error", body.finish()).finish());
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

void write_policy_payment(PolicyWriter& writer, const Payment& payment, int attempt, Instant now, const RiskSaid* risk,
                          const CardFace* face) {
  static const Json kNoMetadata = Json::object();
  writer.map(16);
  writer.text("id", payment.id);
  writer.integer("amount_minor", payment.amount.minor());
  writer.text("amount_text", payment.amount.text());
  writer.text("currency", payment.amount.currency().code());
  writer.integer("exponent", payment.amount.currency().exponent());
  writer.text("method", payment.method_type);
  writer.text("capture_method", payment.manual_capture ? "manual" : "automatic");
  writer.text("country", text_at(payment.details, "country"));
  writer.text("customer_id", payment.customer_id);
  writer.text("description", text_at(payment.details, "description"));
  const Json* const metadata = find(payment.details, "metadata");
  writer.json("metadata", metadata ? *metadata : kNoMetadata);
  writer.integer("attempt", attempt);
  writer.map("now", 1);
  writer.integer("unix", unix_seconds(now));
  writer.end();
  if (face) {
    writer.map("card", 4);
    writer.text("brand", face->brand);
    writer.text("country", face->country);
    writer.text("last4", face->last4);
    writer.text("bin", face->bin);
    writer.end();
  } else if (const Json* card = payment.method->is_object() ? find(payment.method, "card") : nullptr) {
    writer.map("card", 4);
    for (const char* name : {"brand", "country", "last4", "bin"}) writer.text(name, text_at(*card, name));
    writer.end();
  }
  if (risk) {
    writer.map("risk", 2);
    writer.text("decision", risk->decision);
    writer.integer("score", risk->score);
    writer.end();
  }
  writer.end();
}

}  // namespace florin
