// What is generated from the configuration's tables and kept in the tree is up to date. With
// FLORIN_WRITE_GENERATED=1 in the environment it is written instead. merchant.schema.json holds every
// plugin's settings, read here from plugins/*/*/schema.json as the build puts them into the plugins.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "kernel/platform/config/config.hpp"
#include "kernel/platform/config/reference.hpp"
#include "tests/support/fake_catalog.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

bool writing() { return std::getenv("FLORIN_WRITE_GENERATED") != nullptr; }

void expect_current(const std::string& path, const std::string& wanted) {
  const fs::path file = fs::path(FLORIN_SOURCE_DIR) / path;
  if (writing()) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << wanted;
  }
  EXPECT_EQ(content(file), wanted)
      << path << " is out of date: FLORIN_WRITE_GENERATED=1 build/release/tests/config_test";
}

// The plugins of the source tree, as far as their settings go.
class SourceCatalog final : public PluginCatalog {
 public:
  SourceCatalog() {
    add(PluginKind::kProvider, "providers");
    add(PluginKind::kNotifier, "notifiers");
    add(PluginKind::kFraudRule, "fraud");
  }
  const Descriptor* find(PluginKind kind, std::string_view name) const override {
    const auto found = plugins_.find({kind, std::string(name)});
    return found == plugins_.end() ? nullptr : &found->second.descriptor;
  }
  std::vector<std::string> names(PluginKind kind) const override {
    std::vector<std::string> all;
    for (const auto& [key, plugin] : plugins_)
      if (key.first == kind) all.push_back(key.second);
    return all;
  }
  void keep(const std::function<bool(const std::string&)>& wanted) {
    std::erase_if(plugins_, [&wanted](const auto& each) { return !wanted(each.first.second); });
  }

 private:
  struct Plugin {
    Descriptor descriptor;
    std::string schema;
  };
  void add(PluginKind kind, const std::string& folder) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(fs::path(FLORIN_SOURCE_DIR) / "plugins" / folder, none)) {
      if (!fs::exists(entry.path() / "schema.json")) continue;
      const std::string name = entry.path().filename().string();
      Plugin& plugin = plugins_[{kind, name}];
      plugin.schema = content(entry.path() / "schema.json");
      plugin.descriptor.kind = kind;
      plugin.descriptor.name = name;
      plugin.descriptor.settings_schema = plugin.schema;
    }
  }
  std::map<std::pair<PluginKind, std::string>, Plugin> plugins_;
};

TEST(Generated, TheEditorsSchemasAreUpToDate) {
  expect_current("config/florin.schema.json", florin_yaml_schema());
  // A plugin that is newer than the kept schema edits nothing outside its folder: it comes in when the
  // schema is next written.
  const std::string kept = content(fs::path(FLORIN_SOURCE_DIR) / "config/merchant.schema.json");
  SourceCatalog plugins;
  if (!writing())
    plugins.keep(
        [&kept](const std::string& name) { return kept.find("\"" + name + "\"") != std::string::npos; });
  expect_current("config/merchant.schema.json", merchant_yaml_schema(plugins));
}

TEST(Generated, TheReferenceIsUpToDate) {
  expect_current("docs/configuration.md", configuration_reference());
}

TEST(Generated, AnAccountsKeysAreThoseOfEveryAccountAndItsPlugins) {
  const Json schema = Json::parse(merchant_yaml_schema(testing::FakeCatalog()));
  const Json& account = schema.at("properties").at("accounts").at("additionalProperties");
  EXPECT_EQ(account.at("properties").at("provider").at("enum"), Json::parse(R"(["acme", "till", "pretend"])"));
  const Json& acme = account.at("allOf").at(0).at("then");
  EXPECT_TRUE(acme.at("properties").contains("api_key"));
  EXPECT_TRUE(acme.at("properties").contains("timeout_ms"));
  EXPECT_EQ(acme.at("required"), Json::parse(R"(["api_key"])"));
}

TEST(Generated, TheDemoPassesItsOwnCheck) {
  const ConfigOutcome outcome = load_config(std::string(FLORIN_SOURCE_DIR) + "/config", {}, SourceCatalog());
  for (const ConfigFault& fault : outcome.faults) ADD_FAILURE() << fault.text();
  ASSERT_TRUE(outcome.config);
  for (const char* id : {"lisbon-books", "tokyo-teas", "load-lab"}) {
    ASSERT_TRUE(outcome.config->merchants.contains(id)) << id;
    const MerchantConfig& merchant = outcome.config->merchants.at(id);
    EXPECT_TRUE(merchant.test_keys);
    EXPECT_EQ(merchant.currencies.size(), 4u) << "EUR, USD, GBP and JPY";
  }
  EXPECT_EQ(outcome.config->merchants.at("load-lab").requests_per_second, 0);
}

}  // namespace
}  // namespace florin
