// Holds a YAML tree against a schema: every mistake becomes a fault with its place and what to write
// instead, every value that is right goes where its field says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernel/platform/config/schema.hpp"
#include "kernel/platform/config/yaml_tree.hpp"

namespace re2 {
class RE2;
}

namespace florin {

class Checker {
 public:
  Checker(std::string directory, bool live, std::vector<ConfigFault>& faults);
  ~Checker();

  // Fills `owner`, whose type is that which the schema was written for. `path` has dots: "server.limits".
  void object(const Schema& schema, const YamlNode& node, void* owner, const std::string& path);

  // A value without an owner (a plugin's setting): what it is, or nothing when it is faulty.
  std::optional<Json> value(const Schema& schema, const YamlNode& node, const std::string& path);

  // What every check says: the key (with its path where there is no line), found, expected.
  void unfit(const YamlNode& node, const std::string& path, const Schema& schema,
             const std::string& hint = "");
  void fault(const YamlNode& node, const std::string& path, const std::string& message);
  void unknown_key(const YamlNode& map, const YamlMember& member, const std::string& path,
                   const std::vector<std::string>& known);
  // `object` lacks `name`; unless one of its unknown keys is surely that one, misspelt.
  void missing(const YamlNode& object, const std::string& path, const Field& field,
               const std::vector<std::string>& unknown);

 private:
  void field(const Field& field, const YamlMember& member, void* owner, const std::string& path);
  void elements(const Schema& schema, const YamlNode& node, void* container, const std::string& path);
  bool is_key(const Schema& schema, const YamlNode& map, const YamlMember& member);
  std::optional<Json> text(const Schema& schema, const YamlNode& node, const std::string& path);
  std::optional<Json> list(const Schema& schema, const YamlNode& node, const std::string& path);
  std::optional<Json> map(const Schema& schema, const YamlNode& node, const std::string& path);
  std::optional<Json> plain_object(const Schema& schema, const YamlNode& node, const std::string& path);
  std::optional<Json> anything(const YamlNode& node, const std::string& path);
  // The text with `${NAME}` and `file:` replaced; a fault and nothing when that fails.
  std::optional<std::string> resolved(const YamlNode& node, const std::string& path, bool secret);
  bool matches(const std::string& pattern, const std::string& text);

  std::string directory_;
  bool live_;
  std::vector<ConfigFault>& faults_;
  std::unordered_map<std::string, std::unique_ptr<re2::RE2>> patterns_;  // Compiled once a check.
};

// Whole numbers as YAML writes them for us: no sign but "-", no leading zero, no exponent, 64 bits.
std::optional<std::int64_t> whole_number(std::string_view text);

}  // namespace florin
