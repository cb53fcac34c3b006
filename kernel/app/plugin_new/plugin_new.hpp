// `florin plugin new acme --kind provider`: writes the folder of a new plugin that builds, loads and passes
// the conformance suite, in Florin's tree and against the installed SDK alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <florin/result.hpp>

namespace florin {

// One file of templates/<kind>/, embedded by the build; @name@ and @Name@ stand for the plugin's name, NAME in
// a path too. Static storage.
struct PluginTemplate {
  std::string_view kind;  // "provider", "notifier" or "fraud"
  std::string_view path;
  std::string_view text;
};
const std::vector<PluginTemplate>& plugin_templates();

// Writes into `directory`, which becomes the plugin's folder and must not exist or be empty; answers the files
// written. Errors: kInvalid (kind or name), kConflict (something is there), kUnavailable (cannot write).
Result<std::vector<std::string>> write_plugin_folder(const std::string& kind, const std::string& name,
                                                     const std::string& directory);

}  // namespace florin
