// A plugin's settings against its own schema.json. The usual keywords become a Schema, so that a fault
// in a plugin's setting reads like every other; what remains of JSON Schema (anyOf, if, ...) is valijson's.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include <florin/plugin.hpp>
#include <florin/settings.hpp>

#include "kernel/platform/config/checker.hpp"

namespace florin {

// An object schema from a JSON Schema's text. Errors: kInvalid when it is none.
Result<Schema> schema_from_json(std::string_view text);

class PluginSettings {
 public:
  explicit PluginSettings(Checker& checker);
  ~PluginSettings();

  // The settings among `node`'s keys: those that the plugin knows, or that `common` does not. Every
  // mistake is a fault, and then there are no settings.
  std::optional<Settings> read(const Descriptor& plugin, const Schema& common, const YamlNode& node,
                               const std::string& path);

 private:
  struct Known;  // A plugin's schema, made once for all its accounts.
  const Known* known(const Descriptor& plugin, const YamlNode& node);
  bool validate(const Known& known, const Json& values, const YamlNode& node, const std::string& path);

  Checker& checker_;
  std::map<const Descriptor*, std::unique_ptr<Known>> known_;
};

}  // namespace florin
