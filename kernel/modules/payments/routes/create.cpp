// POST /api/v1/payments: creates a payment and, when a method is given, confirms it in the same call.
#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/customers/read.hpp"
#include "kernel/modules/payments/routes/routes.hpp"

namespace florin {

namespace {

Json request_schema(bool intent_only) {
  using namespace schema;
  Json body = object(
      {{"amount", Json{{"type", "integer"}, {"minimum", 1}, {"maximum", 999'999'999'999}, {"description", "Minor units: 1250 is 12.50 EUR and 1250 JPY."}}},
       {"currency", text("ISO 4217, either case.", 10)},
       {"capture_method", one_of({"automatic", "manual"})},
       {"customer", customer_request_schema()},
       {"billing", ref("Party")},
       {"shipping", ref("Party")},
       {"line_items", Json{{"type", "array"}, {"maxItems", 200}, {"items", ref("LineItem")}}},
       {"device", object({{"id", text("", 200)}, {"ip", text("The payer's address.", 50)}, {"user_agent", text("", 500)}}, {})},
       {"description", text("", 500)},
       {"metadata", metadata()},
       {"return_url", text("Where the payer comes back to after a redirect.", 2000)},
       {"country", text("The payer's, ISO 3166-1.", 2)},
       {"setup_future_usage", future_usage_request_schema()}},
      {"amount", "currency"});
  body["properties"]["payment_method"] = payment_method_request_schema();
  if (!intent_only) body["properties"]["confirm"] = boolean("Default: whether payment_method is given.");
  return body;
}

Json card_example(const char* number) {
  return Json{{"amount", 1250},
              {"currency", "EUR"},
              {"payment_method", {{"type", "card"}, {"card", {{"number", number}, {"exp_month", 12}, {"exp_year", 2034}, {"cvc", "123"}}}}}};
}

}  // namespace

ApiRoute create_payment_route(PaymentService& payments) {
  ApiRoute route;
  route.method = "POST";
  route.pattern = "/api/v1/payments";
  route.operation_id = "createPayment";
  route.summary = "Take a payment";
  route.tag = "Payments";
  route.scope = "payments:write";
  route.request_schema = request_schema(false);
  route.request_examples = {{"card", card_example("4242 4242 4242 4242")}, {"declined", card_example("4000 0000 0000 0002")}};
  route.response_schemas = {{201, schema::ref("Payment")}};
  route.handler = [&payments](const ApiRequest& request) { return payments.create(request, false); };
  return route;
}

ApiRoute create_intent_route(PaymentService& payments) {
  ApiRoute route;
  route.method = "POST";
  route.pattern = "/api/v1/payments/create-intent";
  route.operation_id = "createPaymentIntent";
  route.summary = "Prepare a payment that is confirmed later";
  route.tag = "Payments";
  route.scope = "payments:write";
  route.request_schema = request_schema(true);
  route.request_examples = {{"intent", {{"amount", 4900}, {"currency", "USD"}, {"capture_method", "manual"}}}};
  route.response_schemas = {{201, schema::ref("Payment")}};
  route.handler = [&payments](const ApiRequest& request) { return payments.create(request, true); };
  return route;
}

}  // namespace florin
