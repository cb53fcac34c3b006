// GET /api/v1/providers: the merchant's provider accounts, what they can do and how they are.
#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/providers/routes/routes.hpp"

namespace florin {

namespace {

Json render_account(const std::string& name, const ProviderAccount& account, const HttpClient& http, AccountRecord& record) {
  const Capabilities& can = account.descriptor->capabilities;
  const RouteHealth health = http.health(account.route.key);
  const AccountRecord::Recent recent = record.recent(account.route.key);
  Json inputs = Json::array();
  for (const CardInput input : can.card_input) inputs.push_back(to_text(input));
  const auto& methods = account.config->methods.empty() ? can.methods : account.config->methods;
  const auto& currencies = account.config->currencies.empty() ? can.currencies : account.config->currencies;
  return Json{{"object", "provider_account"},
              {"name", name},
              {"provider", account.config->provider},
              {"title", account.descriptor->title},
              {"version", account.descriptor->version},
              {"country", account.config->country.empty() ? Json() : Json(account.config->country)},
              {"methods", methods},
              {"currencies", currencies},
              {"card_input", std::move(inputs)},
              {"manual_capture", can.manual_capture},
              {"partial_capture", can.partial_capture},
              {"multiple_captures", can.multiple_captures},
              {"refunds", can.refunds},
              {"partial_refunds", can.partial_refunds},
              {"health",
               {{"circuit", to_text(health.circuit)},
                {"in_flight", health.in_flight},
                {"recent", recent.count},
                {"approved", recent.approved},
                {"p50_ms", std::chrono::duration_cast<std::chrono::milliseconds>(health.p50).count()}}}};
}

Task<ApiAnswer> list_providers(const ApiRequest& request, MerchantDirectory& merchants, const HttpClient& http,
                               AccountRecord& record) {
  std::vector<Json> data;
  if (const auto merchant = merchants.find(request.caller.merchant))
    for (const auto& [name, account] : merchant->accounts) data.push_back(render_account(name, account, http, record));
  co_return json_answer(200, list_body(std::move(data), false, "/api/v1/providers"));
}

}  // namespace

ApiRoute list_providers_route(MerchantDirectory& merchants, const HttpClient& http, AccountRecord& record) {
  using namespace schema;
  ApiRoute route;
  route.method = "GET";
  route.pattern = "/api/v1/providers";
  route.operation_id = "listProviders";
  route.summary = "List the provider accounts, what they can do and how they are";
  route.tag = "Providers";
  route.scope = "providers:read";
  route.response_schemas = {{200, page(ref("ProviderAccount"))}};
  route.handler = [&merchants, &http, &record](const ApiRequest& request) {
    return list_providers(request, merchants, http, record);
  };
  return route;
}

std::map<std::string, Json> provider_schemas() {
  using namespace schema;
  return {{"ProviderAccount",
           object({{"object", Json{{"const", "provider_account"}}},
                   {"name", text("As policies, ledger and reports say it.")},
                   {"provider", text()},
                   {"title", text()},
                   {"version", text()},
                   {"country", nullable(text())},
                   {"methods", list(text())},
                   {"currencies", list(text())},
                   {"card_input", list(one_of({"pan", "provider_token", "network_token"}))},
                   {"manual_capture", boolean()},
                   {"partial_capture", boolean()},
                   {"multiple_captures", boolean()},
                   {"refunds", boolean()},
                   {"partial_refunds", boolean()},
                   {"health", object({{"circuit", one_of({"closed", "half_open", "open"})},
                                      {"in_flight", integer()},
                                      {"recent", integer("Authorizations, of the last hundred.")},
                                      {"approved", integer("... of which were approved.")},
                                      {"p50_ms", integer()}},
                                     {"circuit"})}},
                  {"object", "name", "provider", "methods", "currencies", "health"})}};
}

}  // namespace florin
