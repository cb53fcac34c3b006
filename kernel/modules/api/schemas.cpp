// JSON Schema by construction.
#include "kernel/modules/api/schemas.hpp"

namespace florin::schema {

namespace {
Json described(Json schema, std::string_view description) {
  if (!description.empty()) schema["description"] = description;
  return schema;
}
}  // namespace

Json text(std::string_view description, int length_max) {
  Json schema{{"type", "string"}};
  if (length_max > 0) schema["maxLength"] = length_max;
  return described(std::move(schema), description);
}

Json integer(std::string_view description) { return described(Json{{"type", "integer"}}, description); }
Json boolean(std::string_view description) { return described(Json{{"type", "boolean"}}, description); }

Json one_of(std::initializer_list<std::string_view> values, std::string_view description) {
  Json list = Json::array();
  for (const std::string_view value : values) list.push_back(value);
  return described(Json{{"type", "string"}, {"enum", std::move(list)}}, description);
}

Json metadata() {
  return Json{{"type", "object"},
              {"description", "Up to 50 texts of the merchant's own, of at most 500 bytes each."},
              {"additionalProperties", {{"type", "string"}, {"maxLength", 500}}},
              {"maxProperties", 50}};
}

Json nullable(Json schema) { return Json{{"anyOf", {std::move(schema), {{"type", "null"}}}}}; }
Json list(Json items) { return Json{{"type", "array"}, {"items", std::move(items)}}; }
Json ref(std::string_view component) { return Json{{"$ref", "#/components/schemas/" + std::string(component)}}; }

Json object(std::initializer_list<std::pair<std::string_view, Json>> properties,
            std::initializer_list<std::string_view> required, std::string_view description) {
  Json schema{{"type", "object"}, {"additionalProperties", false}};
  Json& members = schema["properties"] = Json::object();
  for (const auto& [name, member] : properties) members[std::string(name)] = member;
  Json names = Json::array();
  for (const std::string_view name : required) names.push_back(name);
  if (!names.empty()) schema["required"] = std::move(names);
  return described(std::move(schema), description);
}

Json page(Json items) {
  return object({{"object", Json{{"const", "list"}}},
                 {"data", list(std::move(items))},
                 {"has_more", boolean("Whether there is more in this direction.")},
                 {"url", text()}},
                {"object", "data", "has_more", "url"});
}

Json parameter(std::string_view name, Json schema, std::string_view description) {
  return Json{{"name", name}, {"in", "query"}, {"required", false}, {"description", description}, {"schema", std::move(schema)}};
}

Json paging() {
  return Json::array({parameter("limit", Json{{"type", "integer"}, {"minimum", 1}, {"maximum", 100}, {"default", 10}},
                                "How many at most."),
                      parameter("starting_after", text(), "The id of the last one seen: what follows it."),
                      parameter("ending_before", text(), "The id of the first one seen: what comes before it.")});
}

}  // namespace florin::schema
