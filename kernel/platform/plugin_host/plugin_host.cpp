// The registry of loaded plugins: one look at the folders, at start.
#include "kernel/platform/plugin_host/plugin_host.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <stdexcept>
#include <type_traits>
#include <utility>

#include "kernel/platform/plugin_host/loader.hpp"
#include "kernel/platform/plugin_host/look.hpp"
#include "kernel/platform/plugin_host/operation.hpp"
#include "kernel/platform/plugin_host/watched.hpp"

namespace florin {
namespace {

struct Folder {
  const char* name;
  PluginKind kind;
};
constexpr Folder kFolders[] = {{"providers", PluginKind::kProvider},
                               {"notifiers", PluginKind::kNotifier},
                               {"fraud", PluginKind::kFraudRule},
                               {"sandboxes", PluginKind::kSandbox}};

class FolderHost final : public PluginHost {
 public:
  FolderHost(PluginHostOptions options, std::shared_ptr<CrashMarks> marks, Executor* watched_on)
      : options_(std::move(options)), marks_(std::move(marks)) {
    if (watched_on) watch_.emplace(*watched_on, options_.step_limit);
  }

  void load() {
    for (const auto& finding : marks_->findings()) {
      if (finding.fault)
        spdlog::error("plugin {} took the last process down: {}", finding.plugin, finding.how);
      else
        spdlog::warn("plugin {} was running when the last process ended; that may be chance", finding.plugin);
    }
    Loader loader(options_.folder, marks_, watch_ ? &*watch_ : nullptr);
    for (const Folder& folder : kFolders) {
      if (folder.kind == PluginKind::kSandbox && !options_.sandboxes) continue;
      for (LoadedPlugin& plugin : loader.load_folder(folder.name, folder.kind)) keep(std::move(plugin));
    }
  }

  const Descriptor* find(PluginKind kind, std::string_view name) const override {
    const LoadedPlugin* plugin = loaded(kind, std::string(name));
    return plugin ? plugin->entry->descriptor : nullptr;
  }

  std::vector<std::string> names(PluginKind kind) const override {
    std::vector<std::string> names;
    for (const auto& [key, plugin] : plugins_)
      if (key.first == kind && plugin.entry) names.push_back(key.second);
    return names;
  }

  bool quarantined(PluginKind kind, std::string_view name) const override {
    const auto found = plugins_.find({kind, std::string(name)});
    return found != plugins_.end() && found->second.status.state == PluginStatus::State::kQuarantined;
  }

  Result<std::shared_ptr<Provider>> make_provider(const std::string& name, const Settings& settings) override {
    return make<Provider>(PluginKind::kProvider, name, &PluginEntry::make_provider, settings);
  }
  Result<std::shared_ptr<Notifier>> make_notifier(const std::string& name, const Settings& settings) override {
    return make<Notifier>(PluginKind::kNotifier, name, &PluginEntry::make_notifier, settings);
  }
  Result<std::shared_ptr<FraudRule>> make_fraud_rule(const std::string& name, const Settings& settings) override {
    return make<FraudRule>(PluginKind::kFraudRule, name, &PluginEntry::make_fraud_rule, settings);
  }
  Result<std::shared_ptr<Sandbox>> make_sandbox(const std::string& name) override {
    return make<Sandbox>(PluginKind::kSandbox, name, &PluginEntry::make_sandbox);
  }

  std::vector<PluginStatus> statuses() const override {
    std::vector<PluginStatus> all = unnamed_;
    for (const auto& [key, plugin] : plugins_) {
      all.push_back(plugin.status);
      if (plugin.guard) all.back().exceptions = plugin.guard->exceptions();
    }
    return all;
  }

  Result<Done> lift_quarantine(const std::string& name) override { return marks_->forgive(name); }

 private:
  void keep(LoadedPlugin plugin) {
    if (plugin.status.state != PluginStatus::State::kLoaded) spdlog::warn("{}", plugin.status.why);
    if (plugin.status.name.empty()) {
      unnamed_.push_back(std::move(plugin.status));
      return;
    }
    const std::pair key(plugin.status.kind, plugin.status.name);
    plugins_.insert_or_assign(key, std::move(plugin));
  }

  const LoadedPlugin* loaded(PluginKind kind, const std::string& name) const {
    const auto found = plugins_.find({kind, name});
    return found != plugins_.end() && found->second.entry ? &found->second : nullptr;
  }

  Error absent(PluginKind kind, const std::string& name) const {
    const auto found = plugins_.find({kind, name});
    if (found != plugins_.end()) return {Error::Kind::kNotFound, found->second.status.why, "plugin_not_loaded", ""};
    return {Error::Kind::kNotFound,
            fmt::format("there is no {} plugin \"{}\" in {}", to_text(kind), name, options_.folder),
            "plugin_not_found", ""};
  }

  template <class Made, class... Arguments>
  Result<std::shared_ptr<Made>> make(PluginKind kind, const std::string& name,
                                     Made* (*PluginEntry::*maker)(Arguments...),
                                     std::type_identity_t<Arguments>... arguments) const {
    const LoadedPlugin* plugin = loaded(kind, name);
    if (!plugin) return absent(kind, name);
    std::unique_ptr<Made> made;
    Guard::Mark mark(*plugin->guard);
    try {
      mark.enter();
      made.reset((plugin->entry->*maker)(arguments...));
    } catch (const std::invalid_argument& fault) {
      return Error{Error::Kind::kInvalid, fault.what(), "settings_invalid", ""};
    } catch (...) {
      return Error{Error::Kind::kBroken, plugin->guard->caught("its constructor"), "plugin_failed", ""};
    }
    mark.leave();
    if (!made) return Error{Error::Kind::kBroken, plugin->guard->plugin() + " made nothing", "plugin_failed", ""};
    return guarded(plugin->guard, std::move(made));
  }

  const PluginHostOptions options_;
  const std::shared_ptr<CrashMarks> marks_;
  std::optional<OperationWatch> watch_;
  std::map<std::pair<PluginKind, std::string>, LoadedPlugin> plugins_;
  std::vector<PluginStatus> unnamed_;  // Refused folders, and files whose names no plugin can have.
};

}  // namespace

namespace {
std::unique_ptr<FolderHost> open_host(PluginHostOptions options, bool look_only, Executor* watched_on) {
  auto marks = CrashMarks::open({options.state_file, options.step_limit, look_only});
  if (!marks) {
    // A start without marks is better than none: payments matter more than knowing whose fault a crash is.
    spdlog::error("{}; going on without crash marks", marks.error().message);
    marks = CrashMarks::open({});
  }
  auto host = std::make_unique<FolderHost>(std::move(options), *marks, watched_on);
  host->load();
  return host;
}
}  // namespace

std::unique_ptr<PluginHost> PluginHost::open(PluginHostOptions options) {
  return open_host(std::move(options), false, nullptr);
}
std::unique_ptr<PluginHost> open_watched_plugins(PluginHostOptions options, Executor& executor) {
  return open_host(std::move(options), false, &executor);
}

std::vector<PluginStatus> look_at_plugins(const std::string& folder, const std::string& state_file) {
  PluginHostOptions options;
  options.folder = folder;
  options.state_file = state_file;
  options.sandboxes = true;
  return open_host(std::move(options), true, nullptr)->statuses();
}

}  // namespace florin
