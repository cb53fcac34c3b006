// Changing the vault's key, on both engines: every text moves to the new key once, and what does not open is said
// and left as it is.
#include "kernel/modules/resealing/resealing.hpp"

#include <gtest/gtest.h>

#include "kernel/modules/notifications/notifications.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

class Resealing : public test::StoreTest {
 protected:
  static std::unique_ptr<Vault> vault(const std::string& current, const std::vector<std::string>& ids) {
    std::map<std::string, Secret> keys;
    for (const std::string& id : ids) keys.emplace(id, Secret(std::string(32, id.back())));
    return std::move(*Vault::make(current, std::move(keys), system_random()));
  }
  void add(const std::string& id, const std::string& sealed) {
    ASSERT_TRUE(write([=](Session& session) -> Result<Done> {
      session.execute(
          "insert into devices (id, merchant, notifier, token, fingerprint, created) "
          "values (:id, 'shop', 'push', :token, :same, 1)",
          id, sealed, id);
      return Done();
    }));
  }
  std::string token_of(const std::string& id) {
    return *read([=](Session& session) -> Result<std::string> {
      return std::get<0>(*session.one<std::tuple<std::string>>("select token from devices where id = :id", id));
    });
  }
  Resealed all(const Vault& under) {
    Task<Result<Resealed>> task = reseal(store(), under, {sealed_device_tokens()});
    return *task.run();
  }
};
FLORIN_BOTH_ENGINES(Resealing);

TEST_P(Resealing, EveryTextMovesToTheCurrentKeyOnceAndTheOldOneCanGo) {
  constexpr int kMany = 250;  // More than are done in one commit.
  const auto before = vault("k1", {"k1"}), both = vault("k2", {"k1", "k2"}), after = vault("k2", {"k2"});
  for (int i = 0; i < kMany; ++i) {
    const std::string id = "dev_" + std::to_string(i);
    add(id, before->seal(Secret("token of " + id), "shop/" + id + "/token"));
  }

  EXPECT_EQ(all(*both).anew, kMany);
  for (const char* id : {"dev_0", "dev_99", "dev_249"})
    EXPECT_EQ(after->open(token_of(id), "shop/" + std::string(id) + "/token")->expose(), "token of " + std::string(id));
  const Resealed again = all(*both);
  EXPECT_EQ(again.anew, 0);
  EXPECT_EQ(again.kept, kMany);
}

TEST_P(Resealing, WhatDoesNotOpenIsNamedAndLeftAndTheRestGoesOn) {
  const auto before = vault("k1", {"k1"}), both = vault("k2", {"k1", "k2"});
  const std::string foreign = vault("k9", {"k9"})->seal(Secret("x"), "shop/dev_1/token");
  add("dev_1", foreign);
  add("dev_2", before->seal(Secret("y"), "shop/dev_2/token"));

  const Resealed done = all(*both);

  EXPECT_EQ(done.anew, 1);
  ASSERT_EQ(done.broken.size(), 1u);
  EXPECT_NE(done.broken[0].find("dev_1"), std::string::npos);
  EXPECT_EQ(token_of("dev_1"), foreign);
}

}  // namespace
}  // namespace florin
