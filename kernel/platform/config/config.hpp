// The appliance's configuration as typed, immutable values: config/florin.yaml and
// config/merchants/*.yaml, read together, checked together, swapped together.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <florin/money.hpp>
#include <florin/plugin.hpp>
#include <florin/result.hpp>
#include <florin/secret.hpp>
#include <florin/settings.hpp>

#include "kernel/platform/edge/edge.hpp"

namespace florin {

// One mistake, where it stands and what to do.
struct ConfigFault {
  std::string file;  // As the user named it: "config/merchants/lisbon-books.yaml".
  int line = 0, column = 0;  // From 1; 0 when it concerns the file as a whole.
  std::string message;  // What was found, what was expected, the nearest valid key.
  std::string text() const;  // "file:line:column: message"
};

// Where in a file a value stood, kept for checks that come later (plugin settings, policies).
struct ConfigPlace {
  std::string file;
  int line = 0, column = 0;
};

struct AccountConfig {
  std::string name;      // "acme-pt": what policies, ledger and reports say.
  std::string provider;  // A plugin's name.
  std::string country;   // ISO 3166-1; "" when not said.
  std::vector<std::string> currencies;  // Empty: what the plugin can.
  std::vector<std::string> methods;     // Empty: what the plugin can.
  std::chrono::milliseconds timeout{8000};
  std::int64_t max_in_flight = 32;  // The bulkhead.
  std::string base_url;  // Test mode only: where this account's far side is, instead of the sandbox.
  Settings settings;     // The plugin's own, checked against its schema.
  ConfigPlace place;
};

struct FraudRuleConfig {
  std::string rule;  // A plugin's name.
  Settings settings;
  ConfigPlace place;
};

struct NotifierConfig {
  std::string name;      // What it is called in this merchant's file.
  std::string notifier;  // A plugin's name.
  std::vector<std::string> events;      // Event types, "payment.*" allowed.
  std::vector<std::string> recipients;  // Fixed ones; devices register through the API.
  Settings settings;
  ConfigPlace place;
};

struct WebhookEndpointConfig {  // Endpoints can also be made through the API.
  std::string url;
  std::vector<std::string> events;
  Secret secret;  // whsec_...
  ConfigPlace place;
};

struct MerchantConfig {
  std::string id;  // The file's name without .yaml: ^[a-z0-9][a-z0-9-]{1,62}$
  std::string name;
  Currency currency = Currency::of("EUR");
  std::string country;
  std::vector<Currency> currencies;  // What it takes; empty: every one.
  std::map<std::string, AccountConfig> accounts;
  std::string routing_policy;                  // "routing/prefer_local_acquirer"
  std::vector<std::string> routing_otherwise;  // Account names: what holds when the policy fails.
  std::string risk_policy;                     // May be "": then every payment is allowed.
  std::string risk_otherwise = "review";       // allow | challenge | review | block
  Json policy_values = Json::object();         // `values:` of routing/risk, given to the policies as merchant.values
  std::vector<FraudRuleConfig> fraud;
  std::vector<NotifierConfig> notifiers;
  std::vector<WebhookEndpointConfig> webhooks;
  bool test_keys = false;  // sk_test_<id with _> and pk_test_<id with _> work; test mode only.
  std::int64_t requests_per_second = 100;  // Per key; 0: no limit.
  ConfigPlace place;
};

struct AppConfig {
  enum class Mode { kTest, kLive };
  Mode mode = Mode::kTest;
  struct Server {
    std::vector<std::string> addresses = {"127.0.0.1", "::1"};
    std::int64_t port = 8080;
    std::string public_url;  // "" : see base_url.hpp
    std::string certificate_file, key_file;
    EdgeLimits limits;
    std::vector<std::string> allowed_origins;
    std::chrono::milliseconds drain{10'000};
  } server;
  struct StoreSettings {
    std::string url = "sqlite:var/florin.db";  // Or postgresql://...
    std::int64_t readers = 2;
  } store;
  std::string sandbox_url;  // "" : plugins talk to their real hosts (test hosts in test mode).
  std::string plugins_dir;  // "" : beside the program, ../plugins.
  std::string scripts_dir;  // "" : ../scripts of the configuration directory.
  bool webhooks_allow_private_addresses = false;
  Secret vault_key;  // 32 bytes, base64; encrypts what is at rest. Test mode: made once under var/.
  std::string vault_key_id;
  std::map<std::string, Secret> vault_old_keys;
  std::string log_level = "info";
  std::string admin_key_hash;  // SHA-256 hex of the operators' key (ak_...); "" : none.
  std::map<std::string, MerchantConfig> merchants;
  std::string directory;  // Where it was read from.
};

// What checking the plugins' part needs to know; the plugin host implements it.
class PluginCatalog {
 public:
  virtual ~PluginCatalog() = default;
  virtual const Descriptor* find(PluginKind kind, std::string_view name) const = 0;
  virtual std::vector<std::string> names(PluginKind kind) const = 0;
  // It is there and set aside for what it did to the process. A configuration that names it stays good, or a
  // quarantine would keep the whole appliance from starting; its settings are not read.
  virtual bool quarantined(PluginKind, std::string_view) const { return false; }
};

struct ConfigOutcome {
  std::shared_ptr<const AppConfig> config;  // Null when there are faults.
  std::vector<ConfigFault> faults;          // All of them, by file and line.
};

// `overrides` are --set key=value, dotted ("server.port=18080"). A relative path in florin.yaml counts
// from the working directory for var/, from `directory` for everything else.
ConfigOutcome load_config(const std::string& directory, const std::vector<std::string>& overrides,
                          const PluginCatalog& catalog);

// Reads only what is needed to find the plugins and the store, before there is a catalog. Null only when
// florin.yaml cannot be read as YAML: with a fault in one key there are `faults` and a configuration that
// has that key's default, good enough to open the plugins and have load_config() say everything at once.
ConfigOutcome load_bare_config(const std::string& directory, const std::vector<std::string>& overrides);

// The JSON Schemas for editors, generated from the same source as the checks; merchant.schema.json
// holds every loaded plugin's settings.
std::string florin_yaml_schema();
std::string merchant_yaml_schema(const PluginCatalog& catalog);

}  // namespace florin
