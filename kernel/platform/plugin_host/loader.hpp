// Brings one folder's plugins into the process, or says in a sentence why not. Nothing is ever unloaded.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/platform/plugin_host/crash_marks.hpp"
#include "kernel/platform/plugin_host/guard.hpp"
#include "kernel/platform/plugin_host/plugin_file.hpp"
#include "kernel/platform/plugin_host/plugin_host.hpp"

namespace florin {

struct LoadedPlugin {
  PluginStatus status;  // An empty name: a file or folder that cannot be a plugin.
  const PluginEntry* entry = nullptr;  // Null unless loaded; valid for ever.
  std::shared_ptr<Guard> guard;        // With the entry.
};

class Loader {
 public:
  // `watch` (null: none) outlives what is loaded.
  Loader(std::string folder, std::shared_ptr<CrashMarks> marks, OperationWatch* watch);
  // Every *.so in folder/name, in order of their names. A folder that does not exist holds nothing.
  std::vector<LoadedPlugin> load_folder(const std::string& name, PluginKind kind);

 private:
  LoadedPlugin load_file(const OpenFile& directory, const std::string& folder, const std::string& file,
                         PluginKind kind);
  // The plugin's entry, or why there is none, as a sentence.
  Result<const PluginEntry*> enter(PluginFile& file, Guard& guard, int number, const std::string& path,
                                   PluginKind kind, const std::string& name);
  std::optional<std::string> digest_fault(const std::string& digest, const std::string& listed_as) const;

  const std::string folder_;
  const std::shared_ptr<CrashMarks> marks_;
  OperationWatch* const watch_;
  std::string refusal_;  // Not empty: nothing may be loaded at all, and why.
  std::map<std::string, std::string> digests_;
};

}  // namespace florin
