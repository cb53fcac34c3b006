// Makes the running merchants from a configuration that has passed its checks. What can still fail here
// is a plugin that refuses its settings and a policy that does not compile.
#include "kernel/modules/merchants/directory.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "kernel/platform/config/base_url.hpp"

namespace florin {

std::map<std::string, std::string> hosts_of(const Descriptor& descriptor, const AppConfig& config,
                                            const std::string& base_url) {
  std::map<std::string, std::string> hosts;
  const bool live = config.mode == AppConfig::Mode::kLive;
  for (const Host& host : descriptor.hosts) {
    std::string url = live || host.test_url.empty() ? host.url : host.test_url;
    if (!live && !config.sandbox_url.empty()) url = config.sandbox_url + "/" + descriptor.name;
    if (!live && !base_url.empty()) url = base_url;
    hosts[host.name] = url;
    hosts.emplace("", url);
  }
  return hosts;
}

Error no_account(const Merchant& merchant, const std::string& account) {
  if (merchant.set_aside.contains(account))
    return Error{Error::Kind::kUnavailable, "the plugin of provider account " + account + " is quarantined: try later",
                 "account_unavailable", ""};
  return Error{Error::Kind::kConflict, "its provider account " + account + " is not configured any more",
               "account_missing", ""};
}

namespace {

ConfigFault fault(const ConfigPlace& place, std::string message) {
  return ConfigFault{place.file, place.line, place.column, std::move(message)};
}

// Stands for a quarantined rule: it has failed, so that its silence is no consent.
class QuarantinedRule final : public FraudRule {
 public:
  Result<Signal> score(const RiskInput&) const override {
    return Error{Error::Kind::kUnavailable, "its plugin is quarantined", "plugin_quarantined", ""};
  }
};

class Builder {
 public:
  Builder(PluginHost& plugins, std::shared_ptr<const AppConfig> config)
      : plugins_(plugins), config_(std::move(config)) {}

  std::shared_ptr<const Merchant> build(const MerchantConfig& from) {
    auto merchant = std::make_shared<Merchant>();
    merchant->id = from.id;
    merchant->config = &from;
    merchant->owner = config_;
    for (const Currency currency : merchant->config->currencies) merchant->currency_codes.emplace_back(currency.code());
    merchant->livemode = config_->mode == AppConfig::Mode::kLive;
    for (const auto& [name, account] : from.accounts) add_account(*merchant, name, account);
    for (const FraudRuleConfig& rule : from.fraud) add_rule(*merchant, rule);
    for (const NotifierConfig& notifier : from.notifiers) add_notifier(*merchant, notifier);
    merchant->routing = policy(from, from.routing_policy);
    if (!from.risk_policy.empty()) merchant->risk = policy(from, from.risk_policy);
    return merchant;
  }

  std::vector<ConfigFault> faults;

 private:
  static void said(const Merchant& merchant, const char* what, const std::string& name, const std::string& plugin) {
    spdlog::warn("{} {} of {} is out of use: plugin {} is quarantined", what, name, merchant.id, plugin);
  }

  void add_account(Merchant& merchant, const std::string& name, const AccountConfig& account) {
    if (plugins_.quarantined(PluginKind::kProvider, account.provider)) {
      merchant.set_aside.emplace(name, account.provider);
      return said(merchant, "account", name, account.provider);
    }
    ProviderAccount made;
    made.config = &account;
    made.descriptor = plugins_.find(PluginKind::kProvider, account.provider);
    auto provider = plugins_.make_provider(account.provider, account.settings);
    if (!provider || !made.descriptor) {
      faults.push_back(fault(account.place, fmt::format("account {}: {}", name,
                                                        provider ? "its plugin is not loaded" : provider.error().message)));
      return;
    }
    made.provider = *provider;
    made.route = route(merchant.id + "/" + name, *made.descriptor, account.base_url);
    made.route.timeout = account.timeout;
    made.route.max_in_flight = account.max_in_flight;
    merchant.accounts.emplace(name, std::move(made));
  }

  void add_rule(Merchant& merchant, const FraudRuleConfig& from) {
    if (plugins_.quarantined(PluginKind::kFraudRule, from.rule)) {
      merchant.fraud.push_back({from.rule, std::make_shared<QuarantinedRule>(), {}, {}});
      return said(merchant, "fraud rule", from.rule, from.rule);
    }
    auto rule = plugins_.make_fraud_rule(from.rule, from.settings);
    if (!rule) {
      faults.push_back(fault(from.place, fmt::format("fraud rule {}: {}", from.rule, rule.error().message)));
      return;
    }
    merchant.fraud.push_back({from.rule, *rule, (*rule)->windows(), (*rule)->histories()});
  }

  void add_notifier(Merchant& merchant, const NotifierConfig& from) {
    if (plugins_.quarantined(PluginKind::kNotifier, from.notifier))
      return said(merchant, "notifier", from.name, from.notifier);
    const Descriptor* descriptor = plugins_.find(PluginKind::kNotifier, from.notifier);
    auto notifier = plugins_.make_notifier(from.notifier, from.settings);
    if (!notifier || !descriptor) {
      faults.push_back(fault(from.place, fmt::format("notifier {}: {}", from.name,
                                                     notifier ? "its plugin is not loaded" : notifier.error().message)));
      return;
    }
    MerchantNotifier made;
    made.config = &from;
    made.notifier = *notifier;
    made.route = route(merchant.id + "/" + from.name, *descriptor, "");
    merchant.notifiers.emplace(from.name, std::move(made));
  }

  std::shared_ptr<const Policy> policy(const MerchantConfig& from, const std::string& name) {
    const auto known = policies_.find(name);
    if (known != policies_.end()) return known->second;
    auto loaded = load_policy(config_->scripts_dir, name);
    if (!loaded) {
      faults.push_back(fault(from.place, loaded.error().message));
      return nullptr;
    }
    return policies_[name] = *loaded;
  }

  Route route(std::string key, const Descriptor& descriptor, const std::string& base_url) const {
    Route made;
    made.key = std::move(key);
    made.hosts = hosts_of(descriptor, *config_, base_url);
    return made;
  }

  PluginHost& plugins_;
  std::shared_ptr<const AppConfig> config_;
  std::map<std::string, std::shared_ptr<const Policy>> policies_;
};

}  // namespace

std::vector<ConfigFault> MerchantDirectory::configure(std::shared_ptr<const AppConfig> config) {
  auto next = std::make_shared<Snapshot>();
  next->config = config;
  Builder builder(plugins_, config);
  for (const auto& [id, merchant] : config->merchants) next->merchants[id] = builder.build(merchant);
  if (!builder.faults.empty()) return builder.faults;
  std::atomic_store(&snapshot_, std::shared_ptr<const Snapshot>(std::move(next)));
  return {};
}

std::shared_ptr<const Merchant> MerchantDirectory::find(const std::string& id) const {
  const auto now = snapshot();
  const auto found = now->merchants.find(id);
  return found == now->merchants.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const Merchant>> MerchantDirectory::all() const {
  const auto now = snapshot();
  std::vector<std::shared_ptr<const Merchant>> list;
  for (const auto& [id, merchant] : now->merchants) list.push_back(merchant);
  return list;
}

std::shared_ptr<const AppConfig> MerchantDirectory::config() const { return snapshot()->config; }

std::string MerchantDirectory::base_url() const {
  const auto held = config();  // A reload may let go of it in the middle of this.
  const std::uint16_t port = port_;
  return base_url_of(held->server, port == 0 ? held->server.port : port);
}

}  // namespace florin
