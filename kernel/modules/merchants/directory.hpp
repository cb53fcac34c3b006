// The merchants as the appliance runs them: configuration, provider objects, fraud rules and policies of
// one snapshot, made together at start and at each reload. Operations keep the snapshot they began with.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <florin/plugin.hpp>
#include <florin/result.hpp>

#include "kernel/platform/config/config.hpp"
#include "kernel/platform/http_client/http_client.hpp"
#include "kernel/platform/lua/policy.hpp"
#include "kernel/platform/plugin_host/plugin_host.hpp"

namespace florin {

// One of a merchant's accounts with a provider.
struct ProviderAccount {
  const AccountConfig* config = nullptr;
  const Descriptor* descriptor = nullptr;
  std::shared_ptr<Provider> provider;
  Route route;  // Where its requests go: real hosts, the sandbox, or the account's own base_url.
};

struct MerchantFraudRule {
  std::string name;
  std::shared_ptr<FraudRule> rule;
  std::vector<WindowQuery> windows;      // Asked once.
  std::vector<HistoryQuery> histories;
};

struct MerchantNotifier {
  const NotifierConfig* config = nullptr;
  std::shared_ptr<Notifier> notifier;
  Route route;
};

struct Merchant {
  std::string id;
  const MerchantConfig* config = nullptr;
  std::map<std::string, ProviderAccount> accounts;
  std::map<std::string, std::string> set_aside;  // Accounts whose plugin is quarantined: name -> provider.
  std::vector<MerchantFraudRule> fraud;
  std::map<std::string, MerchantNotifier> notifiers;
  std::shared_ptr<const Policy> routing, risk;  // risk may be null: every payment is allowed.
  std::vector<std::string> currency_codes;        // Of config->currencies.
  bool livemode = false;
  std::shared_ptr<const AppConfig> owner;  // Keeps what `config` points to.
};

// Why an operation on `account` cannot go on: set aside for now (kUnavailable), or not configured any more (kConflict).
Error no_account(const Merchant& merchant, const std::string& account);

class MerchantDirectory {
 public:
  explicit MerchantDirectory(PluginHost& plugins) : plugins_(plugins) {}
  // Builds everything first, then swaps; on faults nothing changes. Faults name file and line.
  std::vector<ConfigFault> configure(std::shared_ptr<const AppConfig> config);

  std::shared_ptr<const Merchant> find(const std::string& id) const;  // Null when there is none.
  std::vector<std::shared_ptr<const Merchant>> all() const;
  std::shared_ptr<const AppConfig> config() const;

  // The port that the edge has really bound: with `server.port: 0` only it knows.
  void listening_on(std::uint16_t port) { port_ = port; }
  // Where payers and providers reach us: what every link begins with.
  std::string base_url() const;

 private:
  struct Snapshot {
    std::shared_ptr<const AppConfig> config;
    std::map<std::string, std::shared_ptr<const Merchant>> merchants;
  };
  std::shared_ptr<const Snapshot> snapshot() const { return std::atomic_load(&snapshot_); }

  PluginHost& plugins_;
  std::atomic<std::uint16_t> port_{0};  // 0: not bound yet.
  std::shared_ptr<const Snapshot> snapshot_ = std::make_shared<Snapshot>();
};

// The far side of a plugin: the descriptor's hosts in live mode, its test hosts or the sandbox in test mode.
std::map<std::string, std::string> hosts_of(const Descriptor& descriptor, const AppConfig& config,
                                            const std::string& base_url);

}  // namespace florin
