// The fake plugins: acme takes cards, wants a key and has every sort of setting; till takes cash in euros,
// pretend is for test mode only.
#include "tests/support/fake_catalog.hpp"

namespace florin::testing {
namespace {

constexpr std::string_view kAcme = R"({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "required": ["api_key"],
  "additionalProperties": false,
  "properties": {
    "api_key": {"type": "string", "format": "secret", "description": "From Acme's dashboard."},
    "webhook_secret": {"type": "string", "format": "secret"},
    "descriptor": {"type": "string", "pattern": "^[A-Z ]{3,22}$", "default": "FLORIN"},
    "retries": {"type": "integer", "minimum": 0, "maximum": 5, "default": 2},
    "three_ds": {"type": "string", "enum": ["always", "automatic", "never"], "default": "automatic"},
    "capture_now": {"type": "boolean"},
    "terminals": {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {
      "id": {"type": "string"}, "floor": {"type": "integer"}}}, "uniqueItems": true}
  }
})";
constexpr std::string_view kNothing = R"({"type": "object", "properties": {}})";
constexpr std::string_view kVelocity = R"({
  "type": "object",
  "properties": {"per_hour": {"type": "integer", "minimum": 1, "default": 10}}
})";

Descriptor plugin(PluginKind kind, std::string name, std::string_view schema) {
  Descriptor descriptor;
  descriptor.kind = kind;
  descriptor.name = std::move(name);
  descriptor.version = "1.0.0";
  descriptor.settings_schema = schema;
  return descriptor;
}

}  // namespace

FakeCatalog::FakeCatalog() {
  Descriptor acme = plugin(PluginKind::kProvider, "acme", kAcme);
  acme.capabilities.methods = {"card", "paypal"};
  Descriptor till = plugin(PluginKind::kProvider, "till", kNothing);
  till.capabilities.methods = {"cash"};
  till.capabilities.currencies = {"EUR"};
  Descriptor pretend = plugin(PluginKind::kProvider, "pretend", kNothing);
  pretend.capabilities.methods = {"card"};
  pretend.test_mode_only = true;
  plugins_ = {acme, till, pretend, plugin(PluginKind::kNotifier, "pigeon", kNothing),
              plugin(PluginKind::kFraudRule, "velocity", kVelocity)};
}

const Descriptor* FakeCatalog::find(PluginKind kind, std::string_view name) const {
  for (const Descriptor& each : plugins_)
    if (each.kind == kind && each.name == name) return &each;
  return nullptr;
}

std::vector<std::string> FakeCatalog::names(PluginKind kind) const {
  std::vector<std::string> all;
  for (const Descriptor& each : plugins_)
    if (each.kind == kind) all.push_back(each.name);
  return all;
}

}  // namespace florin::testing
