// /api/v1/webhook-endpoints and /webhook-deliveries.
#include "kernel/modules/webhooks_out/routes/routes.hpp"

#include "kernel/modules/api/schemas.hpp"

namespace florin {

namespace {

using namespace schema;

ApiRoute webhook_route(const char* method, const char* pattern, const char* operation, const char* summary, int status, Json answer) {
  ApiRoute route;
  route.method = method;
  route.pattern = pattern;
  route.operation_id = operation;
  route.summary = summary;
  route.tag = "Webhooks";
  route.scope = std::string_view(method) == "GET" ? "webhooks:read" : "webhooks:write";
  route.response_schemas = {{status, std::move(answer)}};
  return route;
}

Json settings(bool create) {
  Json body = object({{"url", text("https://, and in test mode http:// too.", 2000)},
                      {"events", Json{{"type", "array"}, {"maxItems", 100}, {"items", text("payment.succeeded, payment.*, *", 100)}}},
                      {"description", text("", 500)}},
                     {});
  if (create)
    body["required"] = Json::array({"url"});
  else
    body["properties"]["enabled"] = boolean();
  return body;
}

}  // namespace

std::vector<ApiRoute> webhook_out_routes(WebhooksOut& webhooks) {
  std::vector<ApiRoute> routes;
  const auto add = [&routes](ApiRoute route, ApiHandler handler) {
    route.handler = std::move(handler);
    routes.push_back(std::move(route));
  };
  ApiRoute create = webhook_route("POST", "/api/v1/webhook-endpoints", "createWebhookEndpoint",
                                  "Be told of events; the answer holds the signing secret", 201, ref("WebhookEndpoint"));
  create.request_schema = settings(true);
  create.request_examples = {{"all", {{"url", "https://shop.example/florin"}, {"events", {"payment.*", "refund.*"}}}}};
  add(create, [&webhooks](const ApiRequest& request) { return webhooks.create(request); });
  add(webhook_route("GET", "/api/v1/webhook-endpoints", "listWebhookEndpoints", "List webhook endpoints", 200,
                    page(ref("WebhookEndpoint"))),
      [&webhooks](const ApiRequest& request) { return webhooks.list(request); });
  add(webhook_route("GET", "/api/v1/webhook-endpoints/{id}", "getWebhookEndpoint", "Show a webhook endpoint", 200,
                    ref("WebhookEndpoint")),
      [&webhooks](const ApiRequest& request) { return webhooks.show(request); });
  ApiRoute update = webhook_route("POST", "/api/v1/webhook-endpoints/{id}", "updateWebhookEndpoint",
                                  "Change, disable or enable a webhook endpoint", 200, ref("WebhookEndpoint"));
  update.request_schema = settings(false);
  update.request_examples = {{"fewer", {{"events", {"payment.succeeded"}}, {"description", "Only what is paid"}}},
                             {"disable", {{"enabled", false}}}};
  add(update, [&webhooks](const ApiRequest& request) { return webhooks.update(request); });
  add(webhook_route("POST", "/api/v1/webhook-endpoints/{id}/rotate-secret", "rotateWebhookSecret",
                    "Make a new signing secret; for a day both sign", 200, ref("WebhookEndpoint")),
      [&webhooks](const ApiRequest& request) { return webhooks.rotate_secret(request); });
  add(webhook_route("DELETE", "/api/v1/webhook-endpoints/{id}", "deleteWebhookEndpoint", "Remove a webhook endpoint", 200,
                    object({{"id", text()}, {"object", text()}, {"deleted", boolean()}}, {"id", "deleted"})),
      [&webhooks](const ApiRequest& request) { return webhooks.remove(request); });
  ApiRoute deliveries = webhook_route("GET", "/api/v1/webhook-deliveries", "listWebhookDeliveries",
                                      "List deliveries, newest first", 200, page(ref("WebhookDelivery")));
  deliveries.query_parameters = paging();
  deliveries.query_parameters.push_back(parameter("endpoint", text(), "Only deliveries to this endpoint."));
  add(deliveries, [&webhooks](const ApiRequest& request) { return webhooks.list_deliveries(request); });
  add(webhook_route("POST", "/api/v1/webhook-deliveries/{id}/redeliver", "redeliverWebhook", "Send an event once more", 202,
                    ref("WebhookDelivery")),
      [&webhooks](const ApiRequest& request) { return webhooks.redeliver(request); });
  return routes;
}

std::map<std::string, Json> webhook_out_schemas() {
  return {{"WebhookEndpoint", object({{"id", text("whe_...")},
                                      {"object", Json{{"const", "webhook_endpoint"}}},
                                      {"url", text()},
                                      {"events", list(text())},
                                      {"description", text()},
                                      {"source", one_of({"api", "configuration"}, "configuration: of the merchant's YAML; only `enabled` can be changed here.")},
                                      {"status", one_of({"enabled", "disabled"})},
                                      {"reason", nullable(text("Why it is disabled."))},
                                      {"secret", text("whsec_...: shown when it is made, and never again.")},
                                      {"created", nullable(integer("Null for one of the configuration."))}},
                                     {"id", "object", "url", "events", "source", "status", "created"})},
          {"WebhookDelivery", object({{"id", text("whd_...")},
                                      {"object", Json{{"const", "webhook_delivery"}}},
                                      {"endpoint", text()},
                                      {"event", text()},
                                      {"status", one_of({"pending", "delivered", "failed"})},
                                      {"attempts", integer()},
                                      {"http_status", nullable(integer("Of the last answer."))},
                                      {"error", nullable(text())},
                                      {"created", integer()},
                                      {"updated", integer()}},
                                     {"id", "object", "endpoint", "event", "status", "attempts"})}};
}

}  // namespace florin
