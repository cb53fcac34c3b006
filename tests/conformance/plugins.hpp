// Finds and loads what the suite runs over: every provider in the build's plugin folder that has a sandbox.
// What the suite must know of one (settings, cards for each outcome) is in conformance.json in its folder.
// A stranger's: FLORIN_CONFORMANCE_PLUGINS is the folder with its providers/ and sandboxes/,
// FLORIN_CONFORMANCE_FOLDERS that with its sources' folder.
#pragma once

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <florin/plugin.hpp>

#include "tests/support/recording.hpp"

namespace florin::conformance {

inline std::string folder_or(const char* variable, const char* otherwise) {
  const char* given = std::getenv(variable);
  return given ? given : otherwise;
}
inline std::string plugins_folder() {
  return folder_or("FLORIN_CONFORMANCE_PLUGINS", FLORIN_BINARY_DIR "/plugins");
}
inline std::string plugin_file(const std::string& kind, const std::string& name) {
  return plugins_folder() + "/" + kind + "/" + name + ".so";
}
inline std::string facts_file(const std::string& name) {
  return folder_or("FLORIN_CONFORMANCE_FOLDERS", FLORIN_SOURCE_DIR "/plugins/providers") + "/" + name + "/conformance.json";
}

inline std::vector<std::string> providers_with_a_sandbox() {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(plugins_folder() + "/providers", none)) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() == ".so" && std::filesystem::exists(plugin_file("sandboxes", name)))
      names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// As the plugin host loads it: nothing of it is seen by other plugins, everything is bound at once.
inline const PluginEntry& load(const std::string& kind, const std::string& name) {
  void* handle = dlopen(plugin_file(kind, name).c_str(), RTLD_NOW | RTLD_LOCAL);
  FLORIN_CHECK(handle != nullptr, "the build makes every plugin loadable");
  auto* entry = reinterpret_cast<const PluginEntry* (*)()>(dlsym(handle, "florin_plugin_entry"));
  FLORIN_CHECK(entry != nullptr, "every plugin exports its entry");
  return *entry();
}

inline Settings settings_from(const Json& facts) {
  Json plain = facts.at("settings");
  std::map<std::string, Secret> secrets;
  for (const auto& name : facts.at("secrets")) {
    secrets.emplace(name, Secret(plain.at(name.get<std::string>())));
    plain.erase(name.get<std::string>());
  }
  return Settings(std::move(plain), std::move(secrets));
}

}  // namespace florin::conformance
