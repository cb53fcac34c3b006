// What a sandbox is told of the merchants in Florin's configuration.
#include "kernel/app/sandbox_host/run_sandbox_host.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

TEST(SandboxAccounts, EveryAccountOfTheProviderIsNamedWithTheUrlOfItsWebhooks) {
  AppConfig config;
  config.merchants["lisbon-books"].accounts["acme-pt"].provider = "acme";
  config.merchants["lisbon-books"].accounts["other"].provider = "other";
  config.merchants["tokyo-teas"].accounts["acme-jp"].provider = "acme";

  const auto accounts = sandbox_accounts(config, "acme", "http://localhost:8080");

  ASSERT_EQ(accounts.size(), 2u);
  EXPECT_EQ(accounts[0].merchant, "lisbon-books");
  EXPECT_EQ(accounts[0].webhook_url, "http://localhost:8080/api/v1/webhooks/acme/lisbon-books.acme-pt");
  EXPECT_EQ(accounts[1].name, "acme-jp");
}

TEST(SandboxAccounts, ANotifiersFarSideKnowsItsSettingsAndSendsNoWebhooks) {
  AppConfig config;
  NotifierConfig push;
  push.name = "push";
  push.notifier = "fcm";
  config.merchants["lisbon-books"].notifiers.push_back(push);

  const auto accounts = sandbox_accounts(config, "fcm", "http://localhost:8080");

  ASSERT_EQ(accounts.size(), 1u);
  EXPECT_EQ(accounts[0].name, "push");
  EXPECT_EQ(accounts[0].webhook_url, "");
}

}  // namespace
}  // namespace florin
