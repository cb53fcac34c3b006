// A YAML file as an immutable tree that knows the line and column of every key and value, made from
// yaml-cpp's events because its own nodes forget where keys stood, let duplicate keys through and look
// keys up one by one. What a scalar means (a number, a country) is not decided here: the schema knows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kernel/platform/config/config.hpp"

namespace florin {

struct YamlMember;

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  bool quoted = false;       // kScalar: written with quotes or as a block, so it is text and nothing else.
  int line = 0, column = 0;  // From 1; 0 for what --set gave. Lists and maps stand where their key does.
  std::shared_ptr<const std::string> file;
  std::string text;                                    // kScalar, as written.
  std::vector<YamlNode> items;                         // kList
  std::vector<YamlMember> members;                     // kMap, in the file's order, every key once.
  std::unordered_map<std::string, std::size_t> index;  // kMap: key to its place in `members`.

  const YamlMember* find(std::string_view key) const;  // Null when absent, or when this is no map.
  YamlMember& add(YamlMember member);                  // The key must be new.
  ConfigPlace place() const { return {*file, line, column}; }
};

struct YamlMember {
  std::string key;
  int line = 0, column = 0;  // Of the key.
  YamlNode value;
};

// The root is a map, empty for an empty file. Nothing when the text is no YAML that we take: a syntax
// error, an anchor or alias, a tag, a key written twice, a tab as indentation, depth over 64, more than a
// million values, a second document. `faults` then says which; several at once where reading can go on.
std::optional<YamlNode> parse_yaml(const std::string& file, const std::string& text,
                                   std::vector<ConfigFault>& faults);

}  // namespace florin
