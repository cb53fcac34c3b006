// One operation a route; errors have the one shape that problem() gives them.
#include "kernel/modules/api/openapi.hpp"

#include "kernel/modules/api/schemas.hpp"

namespace florin {

namespace {

Json error_schema() {
  using namespace schema;
  return Json{{"type", "object"},
              {"required", {"error"}},
              {"properties",
               {{"error",
                 {{"type", "object"},
                  {"required", {"type", "code", "message"}},
                  {"properties",
                   {{"type", one_of({"api_error", "card_error", "idempotency_error", "invalid_request_error",
                                     "authentication_error", "rate_limit_error", "plugin_error"})},
                    {"code", text("For programs.")},
                    {"decline_code", text("Why a provider declined, in one vocabulary for all of them.")},
                    {"message", text("For people.")},
                    {"param", text("The field at fault.")},
                    {"request_id", text("What the log says too.")},
                    {"retryable", boolean("Whether the same request may succeed later.")},
                    {"payment", ref("Payment")},
                    {"refund", ref("Refund")}}}}}}}};
}

Json json_content(Json schema) { return Json{{"application/json", {{"schema", std::move(schema)}}}}; }

Json parameters_of(const ApiRoute& route) {
  Json parameters = Json::array();
  std::size_t at = 0;
  while ((at = route.pattern.find('{', at)) != std::string::npos) {
    const std::size_t end = route.pattern.find('}', at);
    parameters.push_back({{"name", route.pattern.substr(at + 1, end - at - 1)},
                          {"in", "path"},
                          {"required", true},
                          {"schema", {{"type", "string"}}}});
    at = end;
  }
  for (const Json& parameter : route.query_parameters) parameters.push_back(parameter);
  if (route.method == "POST" && !route.keys.empty())
    parameters.push_back({{"name", "Idempotency-Key"},
                          {"in", "header"},
                          {"required", false},
                          {"description", "Makes the request safe to repeat; kept 30 days."},
                          {"schema", {{"type", "string"}, {"maxLength", 255}}}});
  return parameters;
}

// One sentence a group of routes; a tag that is not here has none, which the linter of tests/api finds.
std::string tag_description(const std::string& tag) {
  static const std::map<std::string, std::string> all = {
      {"Events", "What happened to a merchant's objects, in order and without a gap."},
      {"Ledger", "The double-entry books: balances and the entries behind them."},
      {"Notifications", "Whom to tell, on which device or at which address, and what was sent."},
      {"Operations", "Health, readiness, figures and this description, for those who run the appliance."},
      {"Payers", "Where a payer's browser comes back to."},
      {"Payment methods", "Cards that a merchant's customers pay with again."},
      {"Payments", "Taking money: create, confirm, capture, cancel, look up."},
      {"Provider webhooks", "Where providers report; called by them alone."},
      {"Providers", "A merchant's accounts with providers, and how they are."},
      {"Refunds", "Giving money back, in whole or in parts."},
      {"Tokens", "Cards turned into one-time tokens by a publishable key."},
      {"Webhooks", "A merchant's own endpoints, their secrets and what was delivered."}};
  const auto found = all.find(tag);
  return found == all.end() ? "" : found->second;
}

Json operation_of(const ApiRoute& route) {
  Json operation{{"operationId", route.operation_id}, {"summary", route.summary}, {"tags", {route.tag}}};
  if (Json parameters = parameters_of(route); !parameters.empty()) operation["parameters"] = std::move(parameters);
  if (!route.request_schema.is_null()) {
    Json content = json_content(route.request_schema);
    for (const auto& [name, example] : route.request_examples.items())
      content["application/json"]["examples"][name] = {{"value", example}};
    operation["requestBody"] = {{"required", !route.request_schema.value("required", Json::array()).empty()},
                                {"content", std::move(content)}};
  }
  Json& responses = operation["responses"] = Json::object();
  for (const auto& [status, schema] : route.response_schemas) {
    Json& response = responses[std::to_string(status)] = {{"description", status < 300 ? "Done." : "See other."}};
    if (!schema.is_null()) response["content"] = json_content(schema);
  }
  responses["4XX"] = {{"description", "Refused."}, {"content", json_content(schema::ref("Error"))}};
  responses["5XX"] = {{"description", "Failed."}, {"content", json_content(schema::ref("Error"))}};
  if (route.keys.empty()) operation["security"] = Json::array();
  return operation;
}

}  // namespace

Json openapi_document(const std::vector<std::shared_ptr<const ApiRoute>>& routes, const std::map<std::string, Json>& schemas,
                      const std::string& version) {
  Json document{{"openapi", "3.1.0"},
                {"info",
                 {{"title", "Florin"},
                  {"version", version},
                  {"summary", "Payments over every provider, by one interface."},
                  {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
                {"servers", Json::array({{{"url", "/"}}})},
                {"security", Json::array({{{"key", Json::array()}}})}};
  Json& paths = document["paths"] = Json::object();
  Json tags = Json::array();
  std::set<std::string> known_tags;
  for (const auto& entry : routes) {
    const ApiRoute& route = *entry;
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    paths[route.pattern][method] = operation_of(route);
    if (known_tags.insert(route.tag).second) tags.push_back({{"name", route.tag}, {"description", tag_description(route.tag)}});
  }
  document["tags"] = std::move(tags);
  Json& components = document["components"];
  for (const auto& [name, schema] : schemas) components["schemas"][name] = schema;
  components["schemas"]["Error"] = error_schema();
  components["securitySchemes"]["key"] = {{"type", "http"}, {"scheme", "bearer"}, {"description", "sk_... or pk_..."}};
  return document;
}

}  // namespace florin
