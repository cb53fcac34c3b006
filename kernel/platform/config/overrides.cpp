// Each override is a path of keys through the tree; what it gives has the file "--set" and no line.
#include "kernel/platform/config/overrides.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace florin {
namespace {

YamlNode given(YamlNode::Kind kind, std::string text) {
  static const auto kFile = std::make_shared<const std::string>("--set");
  YamlNode node;
  node.kind = kind;
  node.file = kFile;
  node.text = std::move(text);
  return node;
}

void put(YamlNode& map, std::string_view path, const std::string& value) {
  const std::size_t dot = std::min(path.find('.'), path.size());
  const std::string key(path.substr(0, dot));
  const bool last = dot == path.size();
  const auto known = map.index.find(key);
  YamlMember& member = known == map.index.end() ? map.add({key, 0, 0, given(YamlNode::Kind::kMap, "")})
                                                : map.members[known->second];
  if (last) {
    member.value = given(YamlNode::Kind::kScalar, value);
    member.line = member.column = 0;
    return;
  }
  // What the file has there instead of a map is a mistake that this override mends.
  if (member.value.kind != YamlNode::Kind::kMap) member.value = given(YamlNode::Kind::kMap, "");
  put(member.value, path.substr(dot + 1), value);
}

}  // namespace

void apply_overrides(YamlNode& root, const std::vector<std::string>& overrides,
                     std::vector<ConfigFault>& faults) {
  for (const std::string& each : overrides) {
    const std::size_t equals = each.find('=');
    const std::string path = each.substr(0, equals);
    if (equals == std::string::npos || path.empty() || path.starts_with('.') || path.ends_with('.') ||
        path.find("..") != std::string::npos) {
      faults.push_back({"--set", 0, 0, fmt::format("\"{}\" is no key=value, like server.port=18080", each)});
      continue;
    }
    put(root, path, each.substr(equals + 1));
  }
}

}  // namespace florin
