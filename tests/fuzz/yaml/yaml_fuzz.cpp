// Configuration files as trees: every fault stands at a place of the file, a tree keeps its promises (each
// key once, depth and places bounded), and what is JSON as well is read as the same values: our two strict
// readers of two libraries against each other.
#include <florin/json.hpp>

#include "kernel/platform/config/yaml_tree.hpp"
#include "tests/fuzz/support/fuzz.hpp"

namespace florin {
namespace {

using Kind = YamlNode::Kind;

void is_sound(const YamlNode& node, int lines, int depth) {
  FLORIN_CHECK(depth <= 65, "a tree has a bounded depth");
  FLORIN_CHECK(node.line >= 1 && node.line <= lines && node.column >= 1, "a value stands in its file");
  FLORIN_CHECK(node.file != nullptr, "a value knows its file");
  FLORIN_CHECK(node.kind == Kind::kMap || node.members.empty(), "only a map has members");
  FLORIN_CHECK(node.kind == Kind::kList || node.items.empty(), "only a list has items");
  FLORIN_CHECK(node.index.size() == node.members.size(), "a map has each key once");
  for (const YamlNode& item : node.items) is_sound(item, lines, depth + 1);
  for (const YamlMember& member : node.members) {
    FLORIN_CHECK(node.find(member.key) == &member, "a member is found by its key");
    FLORIN_CHECK(member.line >= 1 && member.line <= lines && member.column >= 1, "a key stands in its file");
    is_sound(member.value, lines, depth + 1);
  }
}

bool same(const Json& json, const YamlNode& node) {
  switch (json.type()) {
    case Json::value_t::object: {
      if (node.kind != Kind::kMap || node.members.size() != json.size()) return false;
      for (const auto& [key, value] : json.items()) {
        const YamlMember* member = node.find(key);
        if (member == nullptr || !same(value, member->value)) return false;
      }
      return true;
    }
    case Json::value_t::array: {
      if (node.kind != Kind::kList || node.items.size() != json.size()) return false;
      for (std::size_t i = 0; i < json.size(); ++i)
        if (!same(json[i], node.items[i])) return false;
      return true;
    }
    case Json::value_t::string:
      return node.kind == Kind::kScalar && node.quoted && node.text == json.get_ref<const std::string&>();
    case Json::value_t::null:
      return node.kind == Kind::kNull;
    default:  // A number or a boolean: plain text, to be judged by the schema.
      return node.kind == Kind::kScalar && !node.quoted && node.text == to_text(json);
  }
}

// Whether yaml-cpp 0.7 is known to read every text and key in it as JSON does: a key of more than 1024
// characters is none to YAML, and what is no printable character it refuses.
bool is_yaml_too(const Json& json, int depth = 0) {
  const auto printable = [](const std::string& text) {
    return text.size() < 500 && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; });
  };
  if (depth > 60) return false;
  if (json.is_string()) return printable(json.get_ref<const std::string&>());
  if (!json.is_structured()) return true;
  for (const auto& [key, value] : json.items())
    if ((json.is_object() && !printable(key)) || !is_yaml_too(value, depth + 1)) return false;
  return true;
}

void reads_as_json(std::string_view input) {
  const Result<Json> json = parse_json(input);
  if (!json || !json->is_object() || !is_yaml_too(*json)) return;
  std::vector<ConfigFault> faults;
  const auto tree = parse_yaml("f.yaml", json->dump(1), faults);
  FLORIN_CHECK(tree && faults.empty(), "plain JSON is YAML");
  FLORIN_CHECK(same(*json, *tree), "plain JSON means the same as YAML");
}

}  // namespace

void fuzz_one(std::string_view input) {
  const std::string text(input);
  const int lines = static_cast<int>(std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r')) + 1;
  std::vector<ConfigFault> faults;
  const auto tree = parse_yaml("f.yaml", text, faults);
  FLORIN_CHECK(tree || !faults.empty(), "a file is taken or told what is wrong");
  for (const ConfigFault& fault : faults) {
    FLORIN_CHECK(fault.file == "f.yaml" && !fault.message.empty(), "a fault names its file and itself");
    FLORIN_CHECK(fault.line >= 1 && fault.line <= lines + 1 && fault.column >= 1, "a fault stands in its file");
  }
  if (tree) {
    FLORIN_CHECK(tree->kind == Kind::kMap, "a file is a map");
    is_sound(*tree, lines + 1, 0);
  }
  reads_as_json(input);
}

}  // namespace florin
