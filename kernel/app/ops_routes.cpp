// Health, readiness with each plugin's state, Prometheus figures and the interface's description.
#include "kernel/app/ops_routes.hpp"

#include "kernel/modules/api/schemas.hpp"
#include "kernel/platform/metrics/metrics.hpp"

namespace florin {

namespace {

bool on_loopback(const EdgeRequest& request) {
  return request.remote_address.starts_with("127.") || request.remote_address == "::1" ||
         request.remote_address.starts_with("::ffff:127.");
}

// What an operators' key is needed for from elsewhere.
std::optional<ApiAnswer> refuses(const ApiRequest& request, const ApiKeys& keys) {
  if (on_loopback(*request.edge)) return std::nullopt;
  const auto header = request.edge->headers.find("Authorization");
  const std::string token =
      header != request.edge->headers.end() && header->second.starts_with("Bearer ") ? header->second.substr(7) : "";
  const auto caller = keys.authenticate(token);
  if (caller && caller->kind == KeyKind::kAdmin) return std::nullopt;
  return problem(Error{Error::Kind::kDenied, "this needs an operators' key from outside the machine", "invalid_api_key", ""});
}

Task<ApiAnswer> show_health(const ApiRequest&) { co_return json_answer(200, Json{{"status", "ok"}}); }

Task<ApiAnswer> show_readiness(const ApiRequest& request, const OpsParts& parts) {
  if (auto no = refuses(request, *parts.keys)) co_return *no;
  Task<Json> asking = parts.readiness();
  Json state = co_await asking;
  Json& plugins = state["plugins"] = Json::array();
  for (const PluginStatus& plugin : parts.plugins->statuses()) plugins.push_back(render_plugin(plugin));
  const bool ready = state.value("ready", false);
  co_return json_answer(ready ? 200 : 503, state);
}

Task<ApiAnswer> show_metrics(const ApiRequest& request, const OpsParts& parts) {
  if (auto no = refuses(request, *parts.keys)) co_return *no;
  parts.before_metrics();
  ApiAnswer answer;
  answer.body = metrics().render();
  answer.headers["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8";
  co_return answer;
}

Task<ApiAnswer> show_openapi(const ApiRequest&, const OpsParts& parts) { co_return json_answer(200, parts.openapi()); }

ApiRoute ops_route(const char* pattern, const char* operation, const char* summary) {
  ApiRoute route;
  route.method = "GET";
  route.pattern = pattern;
  route.operation_id = operation;
  route.summary = summary;
  route.tag = "Operations";
  route.keys = {};
  route.urgency = Urgency::kAlways;
  route.response_schemas = {{200, Json{{"type", "object"}}}};
  return route;
}

}  // namespace

Json render_plugin(const PluginStatus& plugin) {
  static constexpr std::array<std::string_view, 3> kStates = {"loaded", "refused", "quarantined"};
  Json json{{"kind", to_text(plugin.kind)},
            {"name", plugin.name},
            {"version", plugin.version},
            {"state", kStates[static_cast<std::size_t>(plugin.state)]},
            {"exceptions", plugin.exceptions}};
  if (!plugin.why.empty()) json["why"] = plugin.why;
  return json;
}

std::vector<ApiRoute> ops_routes(OpsParts given) {
  const auto parts = std::make_shared<const OpsParts>(std::move(given));
  std::vector<ApiRoute> routes;
  ApiRoute health = ops_route("/healthz", "getHealth", "Whether the process answers");
  health.handler = show_health;
  routes.push_back(std::move(health));
  ApiRoute ready = ops_route("/readyz", "getReadiness", "Whether it takes payments, and each plugin's state");
  ready.response_schemas[503] = Json{{"type", "object"}};
  ready.handler = [parts](const ApiRequest& request) { return show_readiness(request, *parts); };
  routes.push_back(std::move(ready));
  ApiRoute figures = ops_route("/metrics", "getMetrics", "Figures for Prometheus");
  figures.response_schemas = {{200, Json()}};
  figures.handler = [parts](const ApiRequest& request) { return show_metrics(request, *parts); };
  routes.push_back(std::move(figures));
  ApiRoute openapi = ops_route("/openapi.json", "getOpenApi", "This interface, as OpenAPI 3.1");
  openapi.handler = [parts](const ApiRequest& request) { return show_openapi(request, *parts); };
  routes.push_back(std::move(openapi));
  return routes;
}

}  // namespace florin
