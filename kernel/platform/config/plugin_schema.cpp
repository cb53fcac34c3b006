// From a plugin's JSON Schema (draft 7) to our Schema, as far as the two mean the same.
#include <algorithm>

#include <fmt/format.h>
#include <re2/re2.h>

#include "kernel/platform/config/plugin_settings.hpp"
#include "kernel/platform/config/rules.hpp"

namespace florin {
namespace {

Schema from_json(const Json& json);

TextRule text_rule(const Json& json) {
  const bool secret = json.value("format", "") == "secret";
  TextRule rule = secret ? rules::secret() : rules::text();
  rule.may_be_empty = !secret && json.value("minLength", 0) == 0;
  for (const Json& word : json.value("enum", Json::array()))
    if (word.is_string()) rule.one_of.push_back(word.get<std::string>());
  if (const std::string pattern = json.value("pattern", ""); !pattern.empty()) {
    // JSON Schema's patterns match anywhere in the text.
    rule.pattern = fmt::format("(?s:.*)(?:{})(?s:.*)", pattern);
    if (!secret) rule.expected = "text that matches " + pattern;
  }
  std::string about = json.value("description", "");
  if (about.ends_with('.')) about.pop_back();
  if (!about.empty()) rule.expected += fmt::format(" ({})", about);
  return rule;
}

void add_fields(Schema& schema, const Json& json) {
  const Json required = json.value("required", Json::array());
  const Json properties = json.value("properties", Json::object());
  for (const auto& [name, property] : properties.items()) {
    Field& field = schema.fields.emplace_back();
    field.name = name;
    field.schema = from_json(property);
    if (property.is_object()) field.doc = property.value("description", "");
    if (property.is_object() && property.contains("default")) field.fallback = property.at("default");
    field.required = std::find(required.begin(), required.end(), Json(name)) != required.end();
  }
}

Schema from_json(const Json& json) {
  Schema schema;
  schema.kind = Schema::Kind::kAny;
  std::string type =
      json.is_object() && json.contains("type") && json["type"].is_string() ? json["type"] : "";
  // "enum" alone, as people write it for words.
  if (type.empty() && json.is_object() && json.contains("enum") && json["enum"].is_array() &&
      std::all_of(json["enum"].begin(), json["enum"].end(),
                  [](const Json& word) { return word.is_string(); }))
    type = "string";
  if (type == "string") {
    schema = text_schema(text_rule(json));
  } else if (type == "integer" || type == "number") {
    const bool whole = type == "integer";
    schema = integer_schema(whole ? json.value("minimum", INT64_MIN) : INT64_MIN,
                            whole ? json.value("maximum", INT64_MAX) : INT64_MAX);
    schema.decimals = !whole;
  } else if (type == "boolean") {
    schema.kind = Schema::Kind::kFlag;
  } else if (type == "array") {
    schema = list_schema(from_json(json.value("items", Json::object())), json.value("minItems", 0) > 0);
  } else if (type == "object" && json.contains("properties")) {
    schema.kind = Schema::Kind::kObject;
    add_fields(schema, json);
  } else if (type == "object") {
    const Json inner = json.contains("additionalProperties") ? json["additionalProperties"] : Json(true);
    schema = list_schema(from_json(inner), json.value("minProperties", 0) > 0);
    schema.kind = Schema::Kind::kMap;
  }
  return schema;
}

}  // namespace

Result<Schema> schema_from_json(std::string_view text) try {
  FLORIN_TRY(json, parse_json(text));
  if (!json.is_object()) return Error{Error::Kind::kInvalid, "it is no JSON object", "", ""};
  Schema schema;
  schema.kind = Schema::Kind::kObject;
  add_fields(schema, json);
  return schema;
} catch (const Json::exception& e) {
  return Error{Error::Kind::kInvalid, e.what(), "", ""};
}

}  // namespace florin
