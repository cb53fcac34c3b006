// JSON Schemas for editors, written out from the tables that the checks use. They are looser than the
// checks where `${NAME}` or `file:` may stand: an editor cannot know what these will be.
#include <fmt/format.h>

#include "kernel/platform/config/rules.hpp"
#include "kernel/platform/config/schema.hpp"

namespace florin {
namespace {

constexpr const char* kElsewhere = R"(\$\{|^file:)";  // A value that comes from outside the YAML.

Json to_json(const Schema& schema, const PluginCatalog* catalog);

Json text_to_json(const Schema& schema) {
  const TextRule& rule = schema.text;
  Json json = {{"type", "string"}};
  if (!rule.one_of.empty()) json["enum"] = rule.one_of;
  if (rule.format == TextRule::Format::kCurrency) json["enum"] = rules::currencies();
  if (rule.format == TextRule::Format::kCountry) json["enum"] = rules::countries();
  if (!rule.pattern.empty()) json["pattern"] = fmt::format("^({})$|{}", rule.pattern, kElsewhere);
  return json;
}

// A plugin's own settings, as its schema.json says, beside the keys that every such object has.
Json plugin_branch(const Schema& schema, const Descriptor& plugin) {
  Json settings = Json::parse(plugin.settings_schema, nullptr, false);
  if (!settings.is_object()) settings = Json::object();
  Json properties = settings.value("properties", Json::object());
  for (const Field& field : schema.fields) properties.emplace(field.name, true);
  Json then = {{"properties", std::move(properties)}, {"additionalProperties", false}};
  if (settings.contains("required")) then["required"] = settings["required"];
  const Json is_it = {{"properties", {{schema.plugin_key, {{"const", plugin.name}}}}},
                      {"required", {schema.plugin_key}}};
  return {{"if", is_it}, {"then", std::move(then)}};
}

Json object_to_json(const Schema& schema, const PluginCatalog* catalog) {
  Json properties = Json::object(), required = Json::array();
  for (const Field& field : schema.fields) {
    Json property = to_json(field.schema, catalog);
    property["description"] = field.doc;
    if (!field.fallback.is_null() && field.fallback != "") property["default"] = field.fallback;
    properties[field.name] = std::move(property);
    if (field.required) required.push_back(field.name);
  }
  Json json = {{"type", "object"}};
  if (!required.empty()) json["required"] = std::move(required);
  if (schema.plugin_key.empty() || catalog == nullptr) {
    json["additionalProperties"] = !schema.plugin_key.empty();
  } else {
    Json names = Json::array(), branches = Json::array();
    for (const std::string& name : catalog->names(schema.plugin_kind)) {
      const Descriptor* plugin = catalog->find(schema.plugin_kind, name);
      if (plugin == nullptr) continue;
      names.push_back(name);
      branches.push_back(plugin_branch(schema, *plugin));
    }
    properties[schema.plugin_key]["enum"] = std::move(names);
    if (!branches.empty()) json["allOf"] = std::move(branches);
  }
  json["properties"] = std::move(properties);
  return json;
}

Json to_json(const Schema& schema, const PluginCatalog* catalog) {
  switch (schema.kind) {
    case Schema::Kind::kText:
      return text_to_json(schema);
    case Schema::Kind::kInteger: {
      Json json = {{"type", {"integer", "string"}}, {"pattern", kElsewhere}};
      if (schema.least != INT64_MIN) json["minimum"] = schema.least;
      if (schema.most != INT64_MAX) json["maximum"] = schema.most;
      return json;
    }
    case Schema::Kind::kFlag:
      return {{"type", {"boolean", "string"}}, {"pattern", kElsewhere}};
    case Schema::Kind::kAny:
      return Json::object();
    case Schema::Kind::kList: {
      Json json = {{"type", "array"}, {"items", to_json(*schema.item, catalog)}};
      if (schema.filled) json["minItems"] = 1;
      return json;
    }
    case Schema::Kind::kMap: {
      Json json = {{"type", "object"}, {"additionalProperties", to_json(*schema.item, catalog)}};
      if (!schema.text.pattern.empty())
        json["propertyNames"] = {{"pattern", fmt::format("^({})$", schema.text.pattern)}};
      if (schema.filled) json["minProperties"] = 1;
      return json;
    }
    case Schema::Kind::kObject:
      return object_to_json(schema, catalog);
  }
  return Json::object();
}

std::string document(const Schema& schema, const PluginCatalog* catalog, const char* title) {
  Json json = to_json(schema, catalog);
  json["$schema"] = "http://json-schema.org/draft-07/schema#";
  json["title"] = title;
  return json.dump(1) + "\n";
}

}  // namespace

std::string florin_yaml_schema() {
  return document(florin_file_schema(), nullptr, "config/florin.yaml of a Florin appliance");
}

std::string merchant_yaml_schema(const PluginCatalog& catalog) {
  return document(merchant_file_schema(), &catalog, "config/merchants/<id>.yaml of a Florin appliance");
}

}  // namespace florin
