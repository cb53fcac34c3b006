// The order matters: everything that can be known without running the plugin's code comes before dlopen(),
// and from dlopen() on the plugin is marked as running.
#include "kernel/platform/plugin_host/loader.hpp"

#include <Poco/Exception.h>
#include <Poco/SharedLibrary.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "kernel/platform/plugin_host/descriptor_check.hpp"

namespace florin {
namespace {

Error refused(std::string sentence) { return {Error::Kind::kDenied, std::move(sentence), "plugin_refused", ""}; }

LoadedPlugin not_loaded(PluginKind kind, std::string file, std::string why) {
  LoadedPlugin plugin;
  plugin.status.file = std::move(file);
  plugin.status.kind = kind;
  plugin.status.state = PluginStatus::State::kRefused;
  plugin.status.why = std::move(why);
  return plugin;
}

std::vector<std::string> shared_objects(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code fault;
  for (const auto& entry : std::filesystem::directory_iterator(folder, fault))
    if (entry.path().extension() == ".so") files.push_back(entry.path().filename());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Loader::Loader(std::string folder, std::shared_ptr<CrashMarks> marks, OperationWatch* watch)
    : folder_(std::move(folder)), marks_(std::move(marks)), watch_(watch) {
  const auto directory = open_plugin_folder(folder_);
  if (!directory) {
    refusal_ = directory.error().message;
    return;
  }
  auto digests = read_digest_list(*directory, folder_);
  if (digests)
    digests_ = std::move(*digests);
  else
    refusal_ = digests.error().message;
}

std::vector<LoadedPlugin> Loader::load_folder(const std::string& name, PluginKind kind) {
  std::vector<LoadedPlugin> plugins;
  const std::string folder = folder_ + "/" + name;
  const auto directory = open_plugin_folder(folder);
  const bool absent = !directory && directory.error().kind == Error::Kind::kNotFound;
  if (absent && refusal_.empty()) return plugins;
  const std::string why = !refusal_.empty() ? refusal_ : directory ? "" : directory.error().message;
  if (!why.empty()) {
    plugins.push_back(not_loaded(kind, folder, why));
    return plugins;
  }
  for (const std::string& file : shared_objects(folder))
    plugins.push_back(load_file(*directory, folder, file, kind));
  return plugins;
}

LoadedPlugin Loader::load_file(const OpenFile& directory, const std::string& folder, const std::string& file,
                               PluginKind kind) {
  const std::string path = folder + "/" + file;
  const std::string name = std::filesystem::path(file).stem();
  if (!is_plugin_name(name))
    return not_loaded(kind, path, path + " is refused: a plugin's name is lower case letters, digits and _; rename it");
  LoadedPlugin plugin = not_loaded(kind, path, "");
  plugin.status.name = name;

  auto opened = open_plugin_file(directory, folder, file);
  if (!opened) {
    plugin.status.why = opened.error().message;
    return plugin;
  }
  plugin.status.digest = opened->digest;
  const std::string listed_as = path.substr(folder_.size() + 1);
  if (auto fault = digest_fault(opened->digest, listed_as)) {
    plugin.status.why = path + " is refused: " + *fault;
    return plugin;
  }
  const std::string title = fmt::format("{} {}", to_text(kind), name);
  const int number = marks_->number_of(title, opened->digest);
  if (marks_->quarantined(number)) {
    plugin.status.state = PluginStatus::State::kQuarantined;
    plugin.status.why = fmt::format("{} is quarantined: it took the process down more than once; replace it, or lift "
                                    "the quarantine with: florin plugin lift {}",
                                    path, name);
    return plugin;
  }

  auto guard = std::make_shared<Guard>(title, marks_, number, watch_);
  const auto entry = enter(*opened, *guard, number, path, kind, name);
  if (!entry) {
    plugin.status.why = entry.error().message;
    return plugin;
  }
  plugin.entry = *entry;
  plugin.guard = std::move(guard);
  plugin.status.state = PluginStatus::State::kLoaded;
  plugin.status.version = plugin.entry->descriptor->version;
  plugin.status.title = plugin.entry->descriptor->title;
  return plugin;
}

std::optional<std::string> Loader::digest_fault(const std::string& digest, const std::string& listed_as) const {
  if (digests_.empty()) return std::nullopt;
  const auto listed = digests_.find(listed_as);
  if (listed == digests_.end())
    return fmt::format("{}/SHA256SUMS does not list it; add it there if you trust it", folder_);
  if (listed->second == digest) return std::nullopt;
  return fmt::format("its digest is not the one in {}/SHA256SUMS; install the right file, or list this one", folder_);
}

Result<const PluginEntry*> Loader::enter(PluginFile& file, Guard& guard, int number, const std::string& path,
                                         PluginKind kind, const std::string& name) {
  Guard::Mark mark(guard);
  try {
    mark.enter();
    // The very file that was checked. Its descriptor stays open: glibc knows a library by this path and by
    // its inode, and neither may come to mean another file.
    const std::string checked = fmt::format("/proc/self/fd/{}", file.file.keep_open());
    Poco::SharedLibrary library(checked, Poco::SharedLibrary::SHLIB_LOCAL);  // Its destructor unloads nothing.
    if (!library.hasSymbol("florin_plugin_entry"))
      return refused(path + " is refused: it has no florin_plugin_entry; use FLORIN_PROVIDER or its like once");
    const auto entry_point =
        reinterpret_cast<const PluginEntry* (*)()>(library.getSymbol("florin_plugin_entry"));
    crash::remember_code(reinterpret_cast<const void*>(entry_point), number);
    const PluginEntry* entry = entry_point();
    if (auto fault = entry_fault(entry, kind, name))
      return refused(fmt::format("{} is refused: {}; mend its descriptor and build it again", path, *fault));
    return entry;
  } catch (const Poco::Exception& fault) {
    return refused(fmt::format("{} is refused: it cannot be loaded ({}); build it with florin_add_plugin()", path,
                               fault.message()));
  } catch (...) {
    return refused(fmt::format("{} is refused: {}", path, guard.caught("its entry")));
  }
}

}  // namespace florin
