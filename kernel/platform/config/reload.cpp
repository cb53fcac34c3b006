// Reload: read, check, compare with what cannot change while running, swap, tell.
#include "kernel/platform/config/reload.hpp"

#include <fmt/format.h>

#include "kernel/platform/config/load.hpp"
#include "kernel/platform/config/schema.hpp"
#include "kernel/platform/config/vault_key.hpp"

namespace florin {
namespace {

// Walks the schema over both configurations and names every changed key that takes a restart.
void find_frozen(const Schema& schema, void* was, void* is, const YamlNode* node, const ConfigPlace& above,
                 const std::string& path, std::vector<ConfigFault>& faults) {
  for (const Field& field : schema.fields) {
    const YamlMember* member = node == nullptr ? nullptr : node->find(field.name);
    const std::string here = path.empty() ? field.name : path + "." + field.name;
    // A key that was removed is missed where its section stands.
    ConfigPlace place = above;
    if (member != nullptr && member->line > 0) place = {*node->file, member->line, member->column};
    if (field.inner && field.schema.kind == Schema::Kind::kObject)
      find_frozen(field.schema, field.inner(was), field.inner(is),
                  member == nullptr ? nullptr : &member->value, place, here, faults);
    else if (field.restart && field.get(was) != field.get(is))
      faults.push_back({place.file, place.line, place.column,
                        fmt::format("{} changed from {} to {}, which takes a restart of florind", here,
                                    field.get(was).dump(), field.get(is).dump())});
  }
}

// Keys do not come back out of a field, so they are compared here.
bool same_vault(const AppConfig& a, const AppConfig& b) {
  return a.vault_key == b.vault_key && a.vault_old_keys == b.vault_old_keys;
}

}  // namespace

ConfigHolder::ConfigHolder(Snapshot first, std::vector<std::string> overrides, const PluginCatalog& catalog,
                           Random& random)
    : overrides_(std::move(overrides)), catalog_(catalog), random_(random), current_(std::move(first)) {
  FLORIN_CHECK(current_ != nullptr, "a holder begins with a configuration that passed its checks");
}

ConfigHolder::Snapshot ConfigHolder::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void ConfigHolder::also_check(Check check) {
  const std::lock_guard lock(reloading_);
  checks_.push_back(std::move(check));
}

void ConfigHolder::subscribe(Subscriber subscriber) {
  const std::lock_guard lock(reloading_);
  subscribers_.push_back(std::move(subscriber));
}

std::vector<ConfigFault> ConfigHolder::reload() {
  const std::lock_guard one_at_a_time(reloading_);
  const Snapshot before = current();
  LoadedConfig loaded = load_with_tree(before->directory, overrides_, catalog_);
  if (!loaded.faults.empty()) return std::move(loaded.faults);

  const std::string file = before->directory + "/florin.yaml";
  auto with_key = ensure_vault_key(loaded.config, random_);
  if (!with_key) return {{file, 0, 0, with_key.error().message}};
  const Snapshot next = *with_key;

  std::vector<ConfigFault> faults;
  AppConfig was = *before, is = *next;  // Fields hand out their inner parts for writing too.
  find_frozen(florin_file_schema(), &was, &is, &loaded.root, {file, 0, 0}, "", faults);
  if (!same_vault(was, is))
    faults.push_back({file, 0, 0, "vault keys changed, which takes a restart of florind"});
  for (const Check& check : checks_)
    for (ConfigFault& fault : check(next)) faults.push_back(std::move(fault));
  if (!faults.empty()) return faults;

  {
    const std::lock_guard lock(mutex_);
    current_ = next;
  }
  for (const Subscriber& tell : subscribers_) tell(next);
  return {};
}

}  // namespace florin
