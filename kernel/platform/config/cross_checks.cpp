// Checks across keys and files. Each looks the YAML node up again by its path, for its line.
#include "kernel/platform/config/cross_checks.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "kernel/platform/config/near.hpp"

namespace florin {
namespace {

const YamlNode* at(const YamlNode& node, std::string_view key) {
  const YamlMember* member = node.find(key);
  return member == nullptr ? nullptr : &member->value;
}
const YamlNode* at(const YamlNode& node, std::string_view outer, std::string_view inner) {
  const YamlNode* below = at(node, outer);
  return below == nullptr ? nullptr : at(*below, inner);
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The plugin that `node` names under `key`; null with a fault that says which are loaded, or when it is
// quarantined, without one.
const Descriptor* plugin(PluginKind kind, const std::string& key, const std::string& name,
                         const YamlNode& node, const std::string& path, const PluginCatalog& catalog,
                         Checker& checker) {
  if (name.empty()) return nullptr;  // Already said.
  const Descriptor* found = catalog.find(kind, name);
  if (found == nullptr && !catalog.quarantined(kind, name)) {
    const std::vector<std::string> names = catalog.names(kind);
    const std::string sort = kind == PluginKind::kFraudRule ? "fraud rule" : std::string(to_text(kind));
    checker.fault(*at(node, key), path + "." + key,
                  fmt::format("is \"{}\", but no {} of that name is loaded{} (loaded: {})", name, sort,
                              did_you_mean(name, names), listed(names)));
  }
  return found;
}

// What an account is said to take, held against what its plugin can.
void check_capability(const YamlNode& account, const std::string& path, const std::string& key,
                      const std::vector<std::string>& said, const std::vector<std::string>& can,
                      const Descriptor& descriptor, Checker& checker) {
  const YamlNode* list = at(account, key);
  if (list == nullptr || can.empty() || list->items.size() != said.size()) return;
  for (std::size_t i = 0; i < said.size(); ++i)
    if (!has(can, said[i]))
      checker.fault(
          list->items[i], fmt::format("{}.{}[{}]", path, key, i),
          fmt::format("is \"{}\", which {} cannot do; it can: {}", said[i], descriptor.name, listed(can)));
}

const Schema& item_of(const char* key) { return *merchant_file_schema().field(key)->schema.item; }

void check_accounts(const AppConfig& config, MerchantConfig& merchant, const YamlNode& root,
                    const PluginCatalog& catalog, Checker& checker, PluginSettings& settings) {
  for (auto& [name, account] : merchant.accounts) {
    const YamlNode* node = at(root, "accounts", name);
    const std::string path = "accounts." + name;
    if (const YamlNode* url = at(*node, "base_url"); url != nullptr && config.mode == AppConfig::Mode::kLive)
      checker.fault(*url, path + ".base_url", "is for test mode only; remove it");
    const Descriptor* found =
        plugin(PluginKind::kProvider, "provider", account.provider, *node, path, catalog, checker);
    if (found == nullptr) continue;
    if (found->test_mode_only && config.mode == AppConfig::Mode::kLive)
      checker.fault(*at(*node, "provider"), path + ".provider",
                    fmt::format("is \"{}\", which only pretends to move money and is for test mode; remove the "
                                "account in live mode",
                                account.provider));
    const Capabilities& can = found->capabilities;
    check_capability(*node, path, "methods", account.methods, can.methods, *found, checker);
    check_capability(*node, path, "currencies", account.currencies, can.currencies, *found, checker);
    if (auto read = settings.read(*found, item_of("accounts"), *node, path))
      account.settings = *std::move(read);
  }
}

void check_fraud_and_notifiers(MerchantConfig& merchant, const YamlNode& root, const PluginCatalog& catalog,
                               Checker& checker, PluginSettings& settings) {
  for (std::size_t i = 0; i < merchant.fraud.size(); ++i) {
    FraudRuleConfig& rule = merchant.fraud[i];
    const YamlNode& node = at(root, "fraud")->items[i];
    const std::string path = fmt::format("fraud[{}]", i);
    const Descriptor* found = plugin(PluginKind::kFraudRule, "rule", rule.rule, node, path, catalog, checker);
    if (found == nullptr) continue;
    if (auto read = settings.read(*found, item_of("fraud"), node, path)) rule.settings = *std::move(read);
  }
  for (NotifierConfig& notifier : merchant.notifiers) {
    const YamlNode* node = at(root, "notifiers", notifier.name);
    const std::string path = "notifiers." + notifier.name;
    const Descriptor* found =
        plugin(PluginKind::kNotifier, "notifier", notifier.notifier, *node, path, catalog, checker);
    if (found == nullptr) continue;
    if (auto read = settings.read(*found, item_of("notifiers"), *node, path))
      notifier.settings = *std::move(read);
  }
}

void check_policy(const std::string& scripts, const std::string& section, const std::string& name,
                  const YamlNode& root, Checker& checker) {
  namespace fs = std::filesystem;
  std::error_code failed;
  if (name.empty() || fs::is_regular_file(fs::path(scripts) / (name + ".lua"), failed)) return;
  std::vector<std::string> there;
  for (const auto& entry : fs::directory_iterator(fs::path(scripts) / section, failed)) {
    const std::string file = entry.path().filename().string();
    if (file.ends_with(".lua") && !file.ends_with("_test.lua"))
      there.push_back(section + "/" + file.substr(0, file.size() - 4));
  }
  std::sort(there.begin(), there.end());
  checker.fault(
      *at(root, section, "policy"), section + ".policy",
      fmt::format("is \"{}\", but there is no file {}{} (there are: {})", name,
                  (fs::path(scripts) / (name + ".lua")).string(), did_you_mean(name, there), listed(there)));
}

void check_otherwise(const MerchantConfig& merchant, const YamlNode& root, Checker& checker) {
  if (merchant.accounts.empty()) return;  // Already said.
  std::vector<std::string> names;
  for (const auto& [name, account] : merchant.accounts) names.push_back(name);
  for (std::size_t i = 0; i < merchant.routing_otherwise.size(); ++i) {
    const std::string& name = merchant.routing_otherwise[i];
    if (!has(names, name))
      checker.fault(at(root, "routing", "otherwise")->items[i], fmt::format("routing.otherwise[{}]", i),
                    fmt::format("is \"{}\", which is none of this merchant's accounts{} (accounts: {})", name,
                                did_you_mean(name, names), listed(names)));
  }
}

// Both sections' values become one object for the policies.
void check_values(const YamlNode& root, Checker& checker) {
  const YamlNode* routing = at(root, "routing", "values");
  const YamlNode* risk = at(root, "risk", "values");
  if (routing == nullptr || risk == nullptr) return;
  for (const YamlMember& member : risk->members)
    if (const YamlNode* other = at(*routing, member.key))
      checker.fault(
          member.value, "risk.values." + member.key,
          fmt::format("is also given in line {} under routing.values; policies share one set of values, so "
                      "rename one",
                      other->line));
}

void check_tls_file(const YamlNode& root, const std::string& key, const std::string& path, Checker& checker) {
  const YamlNode* node = at(*at(root, "server"), "tls", key);
  if (node == nullptr || path.empty() || std::ifstream(path).good()) return;
  checker.fault(*node, "server.tls." + key, fmt::format("names {}, which cannot be read", path));
}

}  // namespace

void check_together(const AppConfig& config, const YamlNode& root, Checker& checker) {
  if (const YamlNode* server = at(root, "server"); server != nullptr && at(*server, "tls") != nullptr) {
    const YamlNode& tls = *at(*server, "tls");
    const bool certificate = at(tls, "certificate") != nullptr, key = at(tls, "key") != nullptr;
    if (certificate != key)
      checker.fault(
          tls, "server.tls",
          fmt::format("lacks the key \"{}\"; a certificate needs both", certificate ? "key" : "certificate"));
    check_tls_file(root, "certificate", config.server.certificate_file, checker);
    check_tls_file(root, "key", config.server.key_file, checker);
  }
  for (const auto& [id, secret] : config.vault_old_keys)
    if (id == config.vault_key_id)
      checker.fault(*at(*at(root, "vault"), "old_keys", id), "vault.old_keys." + id,
                    "is also the name of the current key (key_id); give every key its own");
  if (!config.vault_old_keys.empty() && at(root, "vault", "key") == nullptr)
    checker.fault(*at(root, "vault", "old_keys"), "vault.old_keys",
                  "stands without a current key; give vault.key too");

  if (config.mode != AppConfig::Mode::kLive) return;
  if (const YamlNode* url = at(root, "sandbox", "url"))
    checker.fault(*url, "sandbox.url",
                  "is for test mode only: live payments would go to a simulation; remove it");
  if (config.webhooks_allow_private_addresses)
    checker.fault(*at(root, "webhooks", "allow_private_addresses"), "webhooks.allow_private_addresses",
                  "is true, which live mode refuses: webhooks could reach inside our network; remove it");
  if (at(root, "vault", "key") == nullptr)
    checker.fault(
        root, "",
        "live mode needs \"vault.key\": what is encrypted at rest must not depend on a key made by chance");
}

void check_together(const AppConfig& config, MerchantConfig& merchant, const YamlNode& root,
                    const PluginCatalog& catalog, Checker& checker, PluginSettings& settings) {
  if (config.mode == AppConfig::Mode::kLive && merchant.test_keys)
    checker.fault(*at(root, "test_keys"), "test_keys",
                  "is true, but these keys are public; remove it in live mode");
  check_accounts(config, merchant, root, catalog, checker, settings);
  check_fraud_and_notifiers(merchant, root, catalog, checker, settings);
  check_policy(config.scripts_dir, "routing", merchant.routing_policy, root, checker);
  check_policy(config.scripts_dir, "risk", merchant.risk_policy, root, checker);
  check_otherwise(merchant, root, checker);
  check_values(root, checker);
}

}  // namespace florin
