// What a configuration file may hold, said once: the checks, the editors' JSON Schemas, the reference in
// docs/ and the filling of AppConfig all come from these values. The tables themselves are in
// florin_schema.cpp and merchant_schema.cpp; a plugin's part is made from its schema.json.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <florin/json.hpp>
#include <florin/plugin.hpp>

#include "kernel/platform/config/config.hpp"

namespace florin {

// What a text must be. One that is empty is refused unless `may_be_empty`.
struct TextRule {
  enum class Format {
    kPlain,
    kCurrency,
    kCountry,
    kPath
  };                              // kPath: relative to the configuration directory.
  std::string expected = "text";  // For people: `a country, like "PT"`.
  Format format = Format::kPlain;
  std::string pattern = {};  // RE2, of the whole text; "": any.
  std::vector<std::string> one_of = {};
  bool secret = false;  // Never quoted in a message; in live mode never in clear in the YAML.
  bool may_be_empty = false;
  std::function<bool(const std::string&)> accepts = {};  // What a pattern cannot say.
};

struct Field;

struct Schema {
  enum class Kind { kText, kInteger, kFlag, kAny, kList, kMap, kObject };
  Kind kind = Kind::kText;
  TextRule text;                                     // kText; kMap: of its keys.
  std::int64_t least = INT64_MIN, most = INT64_MAX;  // kInteger
  bool decimals = false;                             // kInteger: a plugin's "number", so "0.5" will do too.
  std::shared_ptr<const Schema> item;                // kList, kMap
  bool filled = false;                               // kList, kMap: at least one.
  std::vector<Field> fields;                         // kObject
  // kObject: the keys that no field names are the settings of the plugin that `plugin_key` names.
  std::string plugin_key;
  PluginKind plugin_kind = PluginKind::kProvider;
  // kList and kMap of objects: a new element of `owner`, a container, to be filled.
  std::function<void*(void* owner, const std::string& key, const ConfigPlace& place)> make;

  const Field* field(std::string_view name) const;
  std::vector<std::string> field_names() const;
};

struct Field {
  std::string name;
  Schema schema;
  std::string doc;  // Sentences: meaning, unit.
  bool required = false;
  bool restart = false;  // A change takes a restart of florind; reload refuses it.
  Json fallback;         // What holds when it is absent; null: nothing.
  // For values: puts a checked one into its owner, and reads it back.
  std::function<void(void* owner, const Json& value)> set;
  std::function<Json(const void* owner)> get;
  // For objects, and lists and maps of objects: the part of the owner that the inner schema fills.
  std::function<void*(void* owner)> inner;
};

// "a whole number from 0 to 65535": what stands after "expected" in a fault.
std::string describe(const Schema& schema);

// A kText schema of this rule and a kInteger of this range, for places that need a bare one.
Schema text_schema(TextRule rule);
Schema integer_schema(std::int64_t least, std::int64_t most);
Schema list_schema(Schema item, bool filled);

// The two files.
const Schema& florin_file_schema();
const Schema& merchant_file_schema();

}  // namespace florin
