// /api/v1/payment-methods: Stripe's create, list, retrieve, attach and detach.
#include "kernel/modules/payment_methods/routes/routes.hpp"

#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/cards/routes/routes.hpp"
#include "kernel/modules/customers/read.hpp"

namespace florin {

namespace {

using namespace schema;

ApiRoute method_route(const char* method, const char* pattern, const char* operation, const char* summary, Json answer) {
  ApiRoute route;
  route.method = method;
  route.pattern = pattern;
  route.operation_id = operation;
  route.summary = summary;
  route.tag = "Payment methods";
  route.scope = std::string_view(method) == "GET" ? "payment_methods:read" : "payment_methods:write";
  route.response_schemas = {{200, std::move(answer)}};
  return route;
}

ApiRoute create_route() {
  ApiRoute route = method_route("POST", "/api/v1/payment-methods", "createPaymentMethod",
                                "Save a card, given in full or by a one-time token", Json());
  route.request_schema = object({{"type", Json{{"const", "card"}}},
                                 {"card", card_request_schema()},
                                 {"token", text("A one-time token of POST /tokens, instead of card.", 500)},
                                 {"customer", customer_request_schema()},
                                 {"metadata", metadata()}},
                                {});
  route.request_schema["oneOf"] = {{{"required", {"card"}}}, {{"required", {"token"}}}};
  const Json card{{"number", "4242424242424242"}, {"exp_month", 12}, {"exp_year", 2034}, {"cvc", "123"}};
  route.request_examples = {{"card", {{"type", "card"}, {"card", card}}},
                            {"customer", {{"card", card}, {"customer", {{"email", "ana@example.com"}}}}}};
  route.response_schemas = {{201, ref("SavedPaymentMethod")}};
  return route;
}

}  // namespace

std::vector<ApiRoute> payment_method_routes(PaymentMethods& methods) {
  std::vector<ApiRoute> routes;
  const auto add = [&routes](ApiRoute route, ApiHandler handler) {
    route.handler = std::move(handler);
    routes.push_back(std::move(route));
  };
  add(create_route(), [&methods](const ApiRequest& request) { return methods.create(request); });
  ApiRoute list = method_route("GET", "/api/v1/payment-methods", "listPaymentMethods",
                               "List saved payment methods, newest first", page(ref("SavedPaymentMethod")));
  list.query_parameters = paging();
  list.query_parameters.push_back(parameter("customer", text(), "Only this customer's: an id."));
  list.query_parameters.push_back(parameter("type", text(), "Only this type."));
  add(std::move(list), [&methods](const ApiRequest& request) { return methods.list(request); });
  add(method_route("GET", "/api/v1/payment-methods/{id}", "getPaymentMethod", "Show a saved payment method",
                   ref("SavedPaymentMethod")),
      [&methods](const ApiRequest& request) { return methods.show(request); });
  ApiRoute attach = method_route("POST", "/api/v1/payment-methods/{id}/attach", "attachPaymentMethod",
                                 "Give a saved payment method to a customer", ref("SavedPaymentMethod"));
  attach.request_schema = object({{"customer", customer_request_schema()}}, {"customer"});
  attach.request_examples = {{"customer", {{"customer", {{"id", "ana-7"}, {"email", "ana@example.com"}}}}}};
  add(std::move(attach), [&methods](const ApiRequest& request) { return methods.attach(request); });
  add(method_route("POST", "/api/v1/payment-methods/{id}/detach", "detachPaymentMethod",
                   "End a saved payment method and wipe its number", ref("SavedPaymentMethod")),
      [&methods](const ApiRequest& request) { return methods.detach(request); });
  return routes;
}

std::map<std::string, Json> payment_method_schemas() {
  return {{"SavedPaymentMethod",
           object({{"id", text("pm_...")},
                   {"object", Json{{"const", "payment_method"}}},
                   {"type", text()},
                   {"card", ref("CardFace")},
                   {"customer", nullable(text("Whose it is: cus_...; null when nobody's yet, or no more."))},
                   {"status", one_of({"active", "detached"}, "Detached: its number is gone.")},
                   {"metadata", metadata()},
                   {"created", integer("Unix seconds.")},
                   {"livemode", boolean()}},
                  {"id", "object", "type", "customer", "status", "metadata", "created", "livemode"})}};
}

}  // namespace florin
