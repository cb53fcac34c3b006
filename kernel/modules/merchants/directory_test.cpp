// The running merchants while reloads put others in their place.
#include "kernel/modules/merchants/directory.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace florin {
namespace {

std::shared_ptr<const AppConfig> with_public_url(const std::string& url) {
  AppConfig config;
  config.server.public_url = url;
  return std::make_shared<const AppConfig>(std::move(config));
}

TEST(MerchantDirectory, SaysWhereItIsReachedWhileReloadsLetGoOfTheConfiguration) {
  const auto plugins = PluginHost::open({.folder = "", .state_file = ""});
  MerchantDirectory directory(*plugins);
  const std::string one(2000, 'a'), other(2000, 'b');  // Longer than to be copied in one go.
  ASSERT_TRUE(directory.configure(with_public_url(one)).empty());
  std::atomic<bool> reloading{true};
  std::thread reloads([&] {
    for (int times = 0; times < 20'000; ++times) directory.configure(with_public_url(times % 2 == 0 ? other : one));
    reloading = false;
  });
  while (reloading) {
    const std::string url = directory.base_url();
    if (url != one && url != other) {
      ADD_FAILURE() << "neither the one nor the other";
      break;
    }
  }
  reloads.join();
}

}  // namespace
}  // namespace florin
