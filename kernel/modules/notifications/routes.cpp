// /api/v1/devices, and an event in words.
#include <fmt/format.h>

#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/notifications/notifications.hpp"

namespace florin {

namespace {
// "payment.requires_action" reads "payment requires action".
std::string spoken(std::string type) {
  for (char& c : type)
    if (c == '.' || c == '_') c = ' ';
  return type;
}

std::string amount_text(const Json& object) {
  const auto minor = integer_at(object, "amount");
  const auto currency = Currency::parse(text_at(object, "currency"));
  if (!minor || !currency) return "";
  return Money(*minor, *currency).text() + " " + std::string(currency->code());
}
}  // namespace

Wording word_event(const std::string& type, const Json& object, const std::string& merchant_name) {
  const std::string amount = amount_text(object);
  Wording words;
  words.title = fmt::format("{}: {}{}", merchant_name, spoken(type), amount.empty() ? "" : ", " + amount);
  words.body = fmt::format("{} {}", text_at(object, "object"), text_at(object, "id"));
  if (const std::string status = text_at(object, "status"); !status.empty()) words.body += " is now " + spoken(status);
  if (const std::string why = text_at(object, "last_error.message"); !why.empty()) words.body += ": " + why;
  return words;
}

std::vector<ApiRoute> notification_routes(Notifications& notifications) {
  using namespace schema;
  std::vector<ApiRoute> routes(2);
  ApiRoute& create = routes[0];
  create.method = "POST";
  create.pattern = "/api/v1/devices";
  create.operation_id = "registerDevice";
  create.summary = "Register a device for push messages";
  create.tag = "Notifications";
  create.scope = "devices:write";
  create.keys = {KeyKind::kSecret, KeyKind::kPublishable};
  create.request_schema = object({{"notifier", text("A notifier's name in the merchant's YAML.", 100)},
                                  {"token", text("The push service's name for the device.", 4096)}},
                                 {"notifier", "token"});
  create.request_examples = {{"phone", {{"notifier", "push"}, {"token", "bk3RNwTe3H0:CI2k_HHwgIpoDKCIZvvDMExUdFQ3P1"}}}};
  create.response_schemas = {{201, ref("Device")}};
  create.handler = [&notifications](const ApiRequest& request) { return notifications.register_device(request); };
  ApiRoute& remove = routes[1];
  remove.method = "DELETE";
  remove.pattern = "/api/v1/devices/{id}";
  remove.operation_id = "deleteDevice";
  remove.summary = "Send nothing more to a device";
  remove.tag = "Notifications";
  remove.scope = "devices:write";
  remove.response_schemas = {{200, object({{"id", text()}, {"object", text()}, {"deleted", boolean()}}, {"id", "deleted"})}};
  remove.handler = [&notifications](const ApiRequest& request) { return notifications.remove_device(request); };
  return routes;
}

std::map<std::string, Json> notification_schemas() {
  using namespace schema;
  return {{"Device", object({{"id", text("dev_...")},
                             {"object", Json{{"const", "device"}}},
                             {"notifier", text()},
                             {"created", integer()}},
                            {"id", "object", "notifier", "created"})}};
}

}  // namespace florin
