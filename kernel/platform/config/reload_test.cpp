// What a reload promises: all or nothing, and what needs a restart said by name.
#include "kernel/platform/config/reload.hpp"
#include "kernel/platform/config/config_fixture.hpp"
#include "kernel/platform/config/vault_key.hpp"

namespace florin {
namespace {

class Reload : public ConfigFixture {
 protected:
  Reload() : holder_(*ensure_vault_key(load().config, system_random()), {}, catalog_, system_random()) {}
  ConfigHolder holder_;
};

TEST_F(Reload, ASoundChangeHoldsAtOnceAndSubscribersAreTold) {
  std::string seen;
  holder_.subscribe(
      [&seen](const ConfigHolder::Snapshot& now) { seen = now->merchants.at("lisbon-books").name; });
  const ConfigHolder::Snapshot before = holder_.current();
  std::string text = kMerchant;
  text.replace(text.find("Lisbon Books"), 12, "Porto Books");
  write("config/merchants/lisbon-books.yaml", text);
  EXPECT_EQ(told({nullptr, holder_.reload()}), "");
  EXPECT_EQ(seen, "Porto Books");
  EXPECT_EQ(holder_.current()->merchants.at("lisbon-books").name, "Porto Books");
  EXPECT_EQ(before->merchants.at("lisbon-books").name, "Lisbon Books")
      << "running operations keep what they had";
  EXPECT_TRUE(before->vault_key == holder_.current()->vault_key);
}

TEST_F(Reload, OneFaultAnywhereKeepsTheOldConfiguration) {
  bool told_anyone = false;
  holder_.subscribe([&told_anyone](const ConfigHolder::Snapshot&) { told_anyone = true; });
  const ConfigHolder::Snapshot before = holder_.current();
  std::string text = kMerchant;
  text.replace(text.find("Lisbon Books"), 12, "Porto Books");
  write("config/merchants/lisbon-books.yaml", text);
  write("config/merchants/tokyo-teas.yaml", "name: Tokyo\n");
  EXPECT_FALSE(holder_.reload().empty());
  EXPECT_EQ(holder_.current(), before);
  EXPECT_FALSE(told_anyone);
}

TEST_F(Reload, WhatTakesARestartIsRefusedByName) {
  write("config/florin.yaml",
        "server:\n  port: 9090\nstore:\n  url: sqlite:" + (root_ / "var/florin.db").string() + "\n");
  EXPECT_EQ(told({nullptr, holder_.reload()}),
            "florin.yaml:2:3: server.port changed from 8080 to 9090, which takes a restart of florind\n");
}

TEST_F(Reload, AnotherPartsRefusalKeepsTheOldConfiguration) {
  holder_.also_check([](const ConfigHolder::Snapshot& next) -> std::vector<ConfigFault> {
    const ConfigPlace& at = next->merchants.at("lisbon-books").accounts.at("acme-pt").place;
    return {{at.file, at.line, at.column, "acme refuses these settings"}};
  });
  const ConfigHolder::Snapshot before = holder_.current();
  EXPECT_EQ(told({nullptr, holder_.reload()}),
            "merchants/lisbon-books.yaml:5:3: acme refuses these settings\n");
  EXPECT_EQ(holder_.current(), before);
}

}  // namespace
}  // namespace florin
