// A configuration directory of a test's own, with one merchant and one policy of each kind.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "kernel/platform/config/config.hpp"
#include "tests/support/fake_catalog.hpp"

namespace florin {

namespace fs = std::filesystem;

inline constexpr const char* kMerchant = R"(name: Lisbon Books
currency: EUR
country: PT
accounts:
  acme-pt:
    provider: acme
    api_key: key-in-clear
routing:
  policy: routing/first
  otherwise: [acme-pt]
)";

class ConfigFixture : public ::testing::Test {
 protected:
  ConfigFixture() {
    std::string pattern = (fs::temp_directory_path() / "florin-config-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    directory_ = (root_ / "config").string();
    write("scripts/routing/first.lua", "return function() end");
    write("scripts/risk/calm.lua", "return function() end");
    write("config/florin.yaml", "store:\n  url: sqlite:" + (root_ / "var/florin.db").string() + "\n");
    write("config/merchants/lisbon-books.yaml", kMerchant);
  }
  ~ConfigFixture() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  ConfigOutcome load(const std::vector<std::string>& overrides = {}) const {
    return load_config(directory_, overrides, catalog_);
  }
  // What is said when florin.yaml (or the merchant's file) is this text.
  std::string told(const ConfigOutcome& outcome) const {
    std::string all;
    for (const ConfigFault& fault : outcome.faults) {
      std::string line = fault.text();
      if (line.starts_with(directory_)) line.erase(0, directory_.size() + 1);
      all += line + "\n";
    }
    return all;
  }

  fs::path root_;
  std::string directory_;
  testing::FakeCatalog catalog_;
};

}  // namespace florin
