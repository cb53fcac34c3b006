// What reading a sound configuration gives; what a broken one is told is in tests/broken_configs.
#include <sys/stat.h>

#include "kernel/platform/config/config_fixture.hpp"
#include "kernel/platform/config/vault_key.hpp"
#include "tests/support/slowdown.hpp"

namespace florin {
namespace {

using Config = ConfigFixture;

TEST_F(Config, WhatIsNotSaidIsTheDefault) {
  const ConfigOutcome outcome = load();
  ASSERT_TRUE(outcome.config) << told(outcome);
  EXPECT_EQ(outcome.config->server.port, 8080);
  EXPECT_EQ(outcome.config->mode, AppConfig::Mode::kTest);
  EXPECT_EQ(fs::path(outcome.config->scripts_dir), root_ / "scripts");
  const MerchantConfig& merchant = outcome.config->merchants.at("lisbon-books");
  EXPECT_EQ(merchant.currency.code(), "EUR");
  EXPECT_EQ(merchant.risk_otherwise, "review");
  EXPECT_EQ(merchant.accounts.at("acme-pt").timeout.count(), 8000);
  EXPECT_EQ(merchant.accounts.at("acme-pt").place.line, 5);
}

TEST_F(Config, PluginSettingsAreTypedByThePluginsSchemaWithItsDefaults) {
  write("config/merchants/lisbon-books.yaml", std::string(kMerchant) + "country_of_nothing: 1\n");
  EXPECT_FALSE(load().config);
  std::string text = kMerchant;
  text.replace(text.find("key-in-clear"), 12,
               "key-in-clear\n    descriptor: 'BOOKS'\n    terminals: [{id: 0123, floor: 4}]");
  write("config/merchants/lisbon-books.yaml", text);
  const ConfigOutcome outcome = load();
  ASSERT_TRUE(outcome.config) << told(outcome);
  const Settings& settings = outcome.config->merchants.at("lisbon-books").accounts.at("acme-pt").settings;
  EXPECT_EQ(settings.secret("api_key").expose(), "key-in-clear");
  EXPECT_FALSE(settings.plain().contains("api_key")) << "a secret stands nowhere else";
  EXPECT_EQ(settings.text("descriptor"), "BOOKS");
  EXPECT_EQ(settings.integer("retries"), 2);
  EXPECT_EQ(to_text(settings.plain().at("terminals")), R"([{"floor":4,"id":"0123"}])");
}

TEST_F(Config, EnvironmentAndFilesGiveValuesAnywhereInAText) {
  ::setenv("FLORIN_CONFIG_TEST_NAME", "Books", 1);
  write("config/secrets/acme", "from-a-file\n");
  std::string text = kMerchant;
  text.replace(text.find("Lisbon Books"), 12, "Lisbon ${FLORIN_CONFIG_TEST_NAME} $${x} $5");
  text.replace(text.find("key-in-clear"), 12, "file:secrets/acme");
  write("config/merchants/lisbon-books.yaml", text);
  const ConfigOutcome outcome = load();
  ASSERT_TRUE(outcome.config) << told(outcome);
  const MerchantConfig& merchant = outcome.config->merchants.at("lisbon-books");
  EXPECT_EQ(merchant.name, "Lisbon Books ${x} $5");
  EXPECT_EQ(merchant.accounts.at("acme-pt").settings.secret("api_key").expose(), "from-a-file");
}

TEST_F(Config, TheSchemaAndNotYamlDecidesWhatAWordMeans) {
  std::string text = kMerchant;
  text.replace(text.find("country: PT"), 11, "country: NO");
  text += "  values: {limit: 500, rate: 1e3, code: 0123, quoted: \"7\", off: NO, on: true}\n";
  write("config/merchants/lisbon-books.yaml", text);
  const ConfigOutcome outcome = load();
  ASSERT_TRUE(outcome.config) << told(outcome);
  const MerchantConfig& merchant = outcome.config->merchants.at("lisbon-books");
  EXPECT_EQ(merchant.country, "NO");
  EXPECT_EQ(to_text(merchant.policy_values),
            R"({"code":"0123","limit":500,"off":"NO","on":true,"quoted":"7","rate":"1e3"})");
}

TEST_F(Config, OverridesAreTypedByTheSchemaAndLaterOnesWin) {
  const ConfigOutcome outcome =
      load({"server.port=1", "server.port=18080", "server.addresses=127.0.0.1,::1",
            "sandbox.url=http://localhost:8090", "server.limits.connections_per_address=0"});
  ASSERT_TRUE(outcome.config) << told(outcome);
  EXPECT_EQ(outcome.config->server.port, 18080);
  EXPECT_EQ(outcome.config->server.addresses, (std::vector<std::string>{"127.0.0.1", "::1"}));
  EXPECT_EQ(outcome.config->server.limits.connections_per_address, 0);
  EXPECT_EQ(outcome.config->sandbox_url, "http://localhost:8090");
}

TEST_F(Config, AFaultyOverrideIsSaidWithItsWholePath) {
  EXPECT_EQ(told(load({"server.prot=1", "server.port=many", "port"})),
            "--set: \"port\" is no key=value, like server.port=18080\n"
            "--set: unknown key \"server.prot\"; did you mean \"server.port\"?\n"
            "--set: \"server.port\" is \"many\"; expected a whole number from 0 to 65535\n");
}

TEST_F(Config, TheBareConfigurationNeedsNoSecretsAndNoMerchants) {
  write("config/florin.yaml",
        "vault:\n  key: ${FLORIN_CONFIG_TEST_UNSET}\nstore: {readers: 3}\nplugins: {folder: here}\n");
  fs::remove_all(root_ / "config/merchants");
  const ConfigOutcome outcome = load_bare_config(directory_ + "/", {});
  ASSERT_TRUE(outcome.config) << told(outcome);
  EXPECT_EQ(outcome.config->store.readers, 3);
  EXPECT_EQ(outcome.config->plugins_dir, directory_ + "/here");
}

TEST_F(Config, TheBareConfigurationSaysItsFaultsAndIsStillGoodForFindingThePlugins) {
  write("config/florin.yaml", "server: {prot: 1}\nplugins: {folder: here}\nstore: {readers: none}\n");
  const ConfigOutcome outcome = load_bare_config(directory_, {});
  ASSERT_TRUE(outcome.config);
  EXPECT_EQ(outcome.faults.size(), 2u);
  EXPECT_EQ(outcome.config->plugins_dir, directory_ + "/here");
  EXPECT_EQ(outcome.config->store.readers, 2);
}

TEST_F(Config, ABigMerchantIsCheckedInAMomentAndItsLastKeyIsFound) {
  std::string text = kMerchant;
  text += "  values:\n";
  for (int i = 0; i < 40'000; ++i) text += "    route_" + std::to_string(i) + ": [1, 2]\n";
  write("config/merchants/lisbon-books.yaml", text);
  const auto started = std::chrono::steady_clock::now();
  const ConfigOutcome outcome = load();
  const auto took = std::chrono::steady_clock::now() - started;
  ASSERT_TRUE(outcome.config) << told(outcome);
  EXPECT_EQ(outcome.config->merchants.at("lisbon-books").policy_values.size(), 40'000u);
  // 0.3 s on two idle cores; a look-up that walks would take minutes.
  EXPECT_LT(took, test_support::kSlowdown * std::chrono::seconds(10));
}

TEST_F(Config, TestModeMakesItsVaultKeyOnceAndKeepsItToItself) {
  const auto first = ensure_vault_key(load().config, system_random());
  ASSERT_TRUE(first) << first.error().message;
  const auto second = ensure_vault_key(load().config, system_random());
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_FALSE((*first)->vault_key.empty());
  EXPECT_TRUE((*first)->vault_key == (*second)->vault_key);
  EXPECT_EQ((*first)->vault_key_id, "1");
  struct stat info {};
  ASSERT_EQ(::stat((root_ / "var/vault.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(Config, AVaultKeyThatOthersCanReadIsRefused) {
  ASSERT_TRUE(ensure_vault_key(load().config, system_random()));
  fs::permissions(root_ / "var/vault.key", fs::perms::others_read, fs::perm_options::add);
  const auto again = ensure_vault_key(load().config, system_random());
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().message.find("chmod 600"), std::string::npos) << again.error().message;
}

}  // namespace
}  // namespace florin
