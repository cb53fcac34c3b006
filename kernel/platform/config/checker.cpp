// Objects against their schema: keys known and unknown, missing ones, and where values go.
#include "kernel/platform/config/checker.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kernel/platform/config/near.hpp"

namespace florin {
namespace {

bool holds_keys(const Schema& schema) {
  return schema.kind == Schema::Kind::kObject || schema.kind == Schema::Kind::kMap ||
         schema.kind == Schema::Kind::kList;
}

// "accounts:" with everything below it commented out is the same as no "accounts:".
bool is_absent(const Field& field, const YamlNode& node) {
  return node.kind == YamlNode::Kind::kNull && holds_keys(field.schema);
}

std::string below(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

// The file's line says which "port" is meant; --set has no lines, so the whole path does.
std::string label(const YamlNode& node, const std::string& path) {
  return node.line == 0 ? path : path.substr(path.rfind('.') + 1);
}

std::string shown(const std::string& text) {
  constexpr std::size_t kMost = 60;
  std::string out;
  for (const char c : text.substr(0, kMost))
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return text.size() > kMost ? out + "..." : out;
}

std::string found(const YamlNode& node, const Schema& schema) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return "has no value";
    case YamlNode::Kind::kList:
      return "is a list";
    case YamlNode::Kind::kMap:
      return "is keys with values";
    case YamlNode::Kind::kScalar:
      if (schema.kind == Schema::Kind::kText && schema.text.secret) return "is not what it must be";
      return fmt::format("is \"{}\"", shown(node.text));
  }
  return "";
}

}  // namespace

void Checker::fault(const YamlNode& node, const std::string& path, const std::string& message) {
  ConfigFault fault{*node.file, node.line, node.column, message};
  if (!path.empty()) fault.message = fmt::format("\"{}\" {}", label(node, path), message);
  faults_.push_back(std::move(fault));
}

void Checker::unfit(const YamlNode& node, const std::string& path, const Schema& schema,
                    const std::string& hint) {
  fault(node, path, fmt::format("{}; expected {}{}", found(node, schema), describe(schema), hint));
}

void Checker::unknown_key(const YamlNode& map, const YamlMember& member, const std::string& path,
                          const std::vector<std::string>& known) {
  // --set names whole paths: so does the suggestion.
  const std::string prefix = member.line == 0 && !path.empty() ? path + "." : "";
  const std::string near = nearest(member.key, known);
  const std::string advice = near.empty() ? fmt::format("known here: {}", listed(known))
                                          : fmt::format("did you mean \"{}{}\"?", prefix, near);
  // --set has a file of its own name, also where it adds to a map of florin.yaml.
  const YamlNode& at = member.line == 0 ? member.value : map;
  faults_.push_back({*at.file, member.line, member.column,
                     fmt::format("unknown key \"{}{}\"; {}", prefix, shown(member.key), advice)});
}

void Checker::missing(const YamlNode& object, const std::string& path, const Field& field,
                      const std::vector<std::string>& unknown) {
  const auto means_it = [&field](const std::string& key) { return !nearest(key, {field.name}).empty(); };
  if (std::any_of(unknown.begin(), unknown.end(), means_it)) return;
  const std::string where = path.empty() ? "the file" : fmt::format("\"{}\"", label(object, path));
  faults_.push_back(
      {*object.file, object.line, object.column,
       fmt::format("{} lacks the key \"{}\"; expected {}", where, field.name, describe(field.schema))});
}

void Checker::object(const Schema& schema, const YamlNode& node, void* owner, const std::string& path) {
  if (node.kind != YamlNode::Kind::kMap) return unfit(node, path, schema);
  const YamlMember* plugin = schema.plugin_key.empty() ? nullptr : node.find(schema.plugin_key);
  std::vector<std::string> unknown;
  for (const YamlMember& member : node.members) {
    if (const Field* known = schema.field(member.key)) {
      if (!is_absent(*known, member.value)) field(*known, member, owner, path);
      continue;
    }
    if (plugin != nullptr) continue;  // The plugin's own; check_settings() looks at them.
    unknown.push_back(member.key);
    // Without the plugin's name only likeness tells a slip from a setting.
    if (schema.plugin_key.empty() || !nearest(member.key, schema.field_names()).empty())
      unknown_key(node, member, path, schema.field_names());
  }
  for (const Field& each : schema.fields) {
    if (!each.required) continue;
    const YamlMember* given = node.find(each.name);
    if (given == nullptr || is_absent(each, given->value)) missing(node, path, each, unknown);
  }
}

void Checker::field(const Field& field, const YamlMember& member, void* owner, const std::string& path) {
  const std::string here = below(path, member.key);
  if (!field.inner) {
    const std::optional<Json> checked = value(field.schema, member.value, here);
    if (checked) field.set(owner, *checked);
  } else if (field.schema.kind == Schema::Kind::kObject) {
    object(field.schema, member.value, field.inner(owner), here);
  } else {
    elements(field.schema, member.value, field.inner(owner), here);
  }
}

void Checker::elements(const Schema& schema, const YamlNode& node, void* container, const std::string& path) {
  const bool in_list = schema.kind == Schema::Kind::kList;
  if (node.kind != (in_list ? YamlNode::Kind::kList : YamlNode::Kind::kMap)) return unfit(node, path, schema);
  if (schema.filled && node.items.empty() && node.members.empty())
    return fault(node, path, "is empty; expected at least one");
  for (std::size_t i = 0; i < node.items.size(); ++i)
    object(*schema.item, node.items[i], schema.make(container, "", node.items[i].place()),
           fmt::format("{}[{}]", path, i));
  for (const YamlMember& member : node.members) {
    if (!is_key(schema, node, member)) continue;
    const ConfigPlace place{*node.file, member.line, member.column};
    object(*schema.item, member.value, schema.make(container, member.key, place), below(path, member.key));
  }
}

bool Checker::is_key(const Schema& schema, const YamlNode& map, const YamlMember& member) {
  if (schema.text.pattern.empty() || matches(schema.text.pattern, member.key)) return true;
  faults_.push_back(
      {*map.file, member.line, member.column,
       fmt::format("\"{}\" cannot be a name here; expected {}", shown(member.key), schema.text.expected)});
  return false;
}

}  // namespace florin
