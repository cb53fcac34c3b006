// The schema's own small questions.
#include "kernel/platform/config/schema.hpp"

#include <fmt/format.h>

#include "kernel/platform/config/near.hpp"

namespace florin {

const Field* Schema::field(std::string_view name) const {
  for (const Field& candidate : fields)
    if (candidate.name == name) return &candidate;
  return nullptr;
}

std::vector<std::string> Schema::field_names() const {
  std::vector<std::string> names;
  for (const Field& each : fields) names.push_back(each.name);
  return names;
}

std::string describe(const Schema& schema) {
  switch (schema.kind) {
    case Schema::Kind::kText:
      return schema.text.one_of.empty() ? schema.text.expected : one_of_these(schema.text.one_of);
    case Schema::Kind::kInteger:
      if (schema.decimals) return "a number";
      if (schema.least == INT64_MIN && schema.most == INT64_MAX) return "a whole number";
      if (schema.most == INT64_MAX) return fmt::format("a whole number, at least {}", schema.least);
      if (schema.least == INT64_MIN) return fmt::format("a whole number, at most {}", schema.most);
      return fmt::format("a whole number from {} to {}", schema.least, schema.most);
    case Schema::Kind::kFlag:
      return "true or false";
    case Schema::Kind::kAny:
      return "a value";
    case Schema::Kind::kList:
      return "a list";
    case Schema::Kind::kMap:
    case Schema::Kind::kObject:
      return "keys with values, indented below it";
  }
  return "a value";
}

Schema text_schema(TextRule rule) {
  Schema schema;
  schema.text = std::move(rule);
  return schema;
}

Schema integer_schema(std::int64_t least, std::int64_t most) {
  Schema schema;
  schema.kind = Schema::Kind::kInteger;
  schema.least = least;
  schema.most = most;
  return schema;
}

Schema list_schema(Schema item, bool filled) {
  Schema schema;
  schema.kind = Schema::Kind::kList;
  schema.item = std::make_shared<const Schema>(std::move(item));
  schema.filled = filled;
  return schema;
}

}  // namespace florin
