// What the payment object and its parts look like, for OpenAPI; render.cpp makes them.
#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/cards/routes/routes.hpp"
#include "kernel/modules/payments/routes/routes.hpp"

namespace florin {

namespace {
using namespace schema;

Json statuses() {
  return one_of({"requires_payment_method", "requires_confirmation", "requires_action", "processing", "requires_capture",
                 "partially_captured", "succeeded", "canceled"});
}
}  // namespace

Json payment_method_request_schema() {
  Json full = object({{"type", text("card, cash, ...: what the merchant's providers take; GET /providers lists them.")},
                      {"card", card_request_schema()},
                      {"token", text("A one-time token of POST /tokens, or a provider's own token.", 500)},
                      {"id", text("pm_...: a saved payment method; says the type too.", 100)}},
                     {});
  full["anyOf"] = {{{"required", {"type"}}}, {{"required", {"id"}}}};
  return Json{{"anyOf", {std::move(full), text("pm_...: a saved payment method, for short.", 100)}}};
}

Json future_usage_request_schema() {
  return one_of({"off_session", "on_session"}, "Saves the card for the customer once the payment is approved.");
}

std::map<std::string, Json> payment_schemas() {
  std::map<std::string, Json> all;
  all["Address"] = object({{"line1", text("", 200)}, {"line2", text("", 200)}, {"city", text("", 200)},
                           {"state", text("", 200)}, {"postal_code", text("", 200)}, {"country", text("ISO 3166-1", 2)}}, {});
  all["Party"] = object({{"name", text("", 200)}, {"email", text("", 200)}, {"phone", text("", 200)},
                         {"address", ref("Address")}}, {});
  all["LineItem"] = object({{"name", text("", 200)},
                            {"sku", text("", 100)},
                            {"quantity", integer()},
                            {"unit_amount", integer("Minor units.")},
                            {"tax", integer("Minor units, for the whole line.")},
                            {"discount", integer("Minor units, for the whole line.")}},
                           {"name", "unit_amount"});
  all["Customer"] = object({{"id", nullable(text())}, {"email", nullable(text())}, {"phone", nullable(text())},
                            {"name", nullable(text())}}, {});
  all["PaymentMethod"] = object(
      {{"id", text("pm_...: when it is a saved payment method, or was saved by this payment.")},
       {"type", text()},
       {"card", ref("CardFace")}},
      {"type"});
  all["NextAction"] = object({{"type", one_of({"redirect", "three_ds", "qr", "wallet", "transfer"})},
                              {"url", text("Where the payer must go.")},
                              {"data", Json{{"type", "object"}}},
                              {"expires_at", integer("Unix seconds: canceled after that, unless the payer has paid.")}},
                             {"type"});
  all["PaymentError"] = Json{
      {"type", "object"},
      {"properties",
       {{"type", text()}, {"code", text()}, {"message", text()}, {"decline_code", text()}, {"retryable", boolean()},
        {"retry", text("never, same_provider_later, another_provider or step_up")}, {"provider_code", text()},
        {"attempt", text()}, {"param", text("The request's field at fault.")}}},
      {"required", {"type", "code", "message"}}};
  all["Attempt"] = object({{"id", text()},
                           {"object", Json{{"const", "attempt"}}},
                           {"payment", text()},
                           {"kind", one_of({"authorize", "capture", "void", "refund"})},
                           {"number", integer()},
                           {"account", text()},
                           {"provider", text()},
                           {"amount", integer()},
                           {"currency", text()},
                           {"status", one_of({"sending", "requires_action", "approved", "declined", "failed", "in_doubt"})},
                           {"reference", nullable(text("The provider's name for it."))},
                           {"decline_code", nullable(text())},
                           {"provider_code", nullable(text())},
                           {"message", nullable(text())},
                           {"exchanges", list(Json{{"type", "object"}})},
                           {"created", integer()},
                           {"ended", nullable(integer())}},
                          {"id", "object", "payment", "kind", "number", "account", "provider", "amount", "currency", "status"});
  all["Payment"] = object(
      {{"id", text("pay_...")},
       {"object", Json{{"const", "payment"}}},
       {"amount", integer("Minor units.")},
       {"amount_capturable", integer()},
       {"amount_captured", integer()},
       {"amount_refunded", integer()},
       {"currency", text("ISO 4217, upper case.")},
       {"status", statuses()},
       {"capture_method", one_of({"automatic", "manual"})},
       {"client_secret", text("Opens this payment, and nothing else, to the payer's browser.")},
       {"payment_method", nullable(ref("PaymentMethod"))},
       {"setup_future_usage", nullable(text("off_session or on_session: the card is saved when the payment is approved."))},
       {"customer", nullable(ref("Customer"))},
       {"billing", nullable(ref("Party"))},
       {"shipping", nullable(ref("Party"))},
       {"line_items", list(ref("LineItem"))},
       {"description", nullable(text())},
       {"country", nullable(text())},
       {"return_url", nullable(text())},
       {"metadata", metadata()},
       {"next_action", nullable(ref("NextAction"))},
       {"last_error", nullable(ref("PaymentError"))},
       {"account", nullable(text("The provider account that carried it."))},
       {"provider", nullable(text())},
       {"review", boolean("The risk policy wants a person to look.")},
       {"pending_attempt", nullable(text("An operation under way: no other can start."))},
       {"capture_before", nullable(integer("When an uncaptured authorization is given back."))},
       {"created", integer("Unix seconds.")},
       {"updated", integer("Unix seconds.")},
       {"livemode", boolean()},
       // Expansions.
       {"attempts", list(ref("Attempt"))},
       {"routing", list(Json{{"type", "object"}})},
       {"risk", list(Json{{"type", "object"}})},
       {"refunds", list(ref("Refund"))},
       {"events", list(ref("Event"))},
       {"ledger", list(ref("LedgerEntry"))}},
      {"id", "object", "amount", "amount_captured", "amount_refunded", "currency", "status", "capture_method",
       "payment_method", "customer", "metadata", "next_action", "last_error", "created", "livemode"});
  return all;
}

}  // namespace florin
