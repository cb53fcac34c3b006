// Keys that end by time or by another node's hand: they open nothing any more, and who listens is told once.
#include "kernel/modules/merchants/api_keys.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

class Keys : public test::StoreTest {
 protected:
  // The keys as one node has them.
  struct Node {
    Node(Store& store, Clock& clock, Executor& executor) : keys(store, clock, system_random()) {
      keys.on_ended([this](const std::string& id, std::string_view why) {
        const std::lock_guard lock(mutex);
        told.emplace(id, why);
      });
      EXPECT_TRUE(keys.load().run());
      keys.start(executor);
    }
    std::string told_of(const std::string& id) {
      const std::lock_guard lock(mutex);
      const auto found = told.find(id);
      return told.count(id) == 1 ? found->second : std::to_string(told.count(id));
    }
    ApiKeys keys;
    std::mutex mutex;
    std::multimap<std::string, std::string> told;
  };

  void TearDown() override {
    clock_.stop();
    executor().drain(5s);
    StoreTest::TearDown();
  }
  Node& node() { return *nodes_.emplace_back(std::make_unique<Node>(store(), clock_, executor())); }
  NewApiKey made(ApiKeys& keys, std::optional<Instant> expires = std::nullopt) {
    return *keys.create("porto", KeyKind::kSecret, {"*"}, expires).run();
  }
  template <class Condition>
  static bool within(std::chrono::seconds limit, Condition condition) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }

  SystemClock clock_{executor()};
  std::vector<std::unique_ptr<Node>> nodes_;
};
FLORIN_BOTH_ENGINES(Keys);

TEST_P(Keys, ThatExpireWhileSomebodyListensAreTold) {
  Node& here = node();
  const NewApiKey lasting = made(here.keys), brief = made(here.keys, clock_.now() + 200ms);
  EXPECT_TRUE(here.keys.authenticate(brief.text.expose()));

  EXPECT_TRUE(within(20s, [&] { return here.told_of(brief.key.id) == "this key has expired"; }));
  EXPECT_EQ(here.keys.authenticate(brief.text.expose()).error().code, "api_key_expired");
  EXPECT_EQ(here.told_of(lasting.key.id), "0");
}

TEST_P(Keys, ThatAreRevokedHereAreToldBeforeTheAnswer) {
  Node& here = node();
  const NewApiKey key = made(here.keys);
  ASSERT_TRUE(here.keys.revoke("porto", key.key.id).run());
  EXPECT_EQ(here.told_of(key.key.id), "this key was revoked");
  EXPECT_FALSE(here.keys.authenticate(key.text.expose()));
}

class KeysOfNodes : public Keys {
 protected:
  void SetUp() override {
    if (GetParam() == Engine::kSqlite) GTEST_SKIP() << "a SQLite file has one node";
    Keys::SetUp();
  }
};
FLORIN_BOTH_ENGINES(KeysOfNodes);

TEST_P(KeysOfNodes, AreKnownToOthersTheMomentTheyAreMade) {
  Node &here = node(), &there = node();
  const NewApiKey key = made(here.keys);
  const auto caller = there.keys.look_up(key.text.expose()).run();
  ASSERT_TRUE(caller) << caller.error().message;
  EXPECT_EQ(caller->key_id, key.key.id);
}

TEST_P(KeysOfNodes, AreKnownToOthersWithinSecondsWithoutBeingAskedFor) {
  Node &here = node(), &there = node();
  const NewApiKey key = made(here.keys);
  EXPECT_TRUE(within(20s, [&] { return there.keys.authenticate(key.text.expose()).has_value(); }));
}

// Time stands still, so that nothing is forgiven while the test runs.
class StillClock final : public Clock {
 public:
  Instant now() const override { return Instant(1'790'000'000s); }
  Duration monotonic() const override { return 1s; }
  Task<void> sleep(Duration) override { co_return; }
};

TEST_P(KeysOfNodes, AreNotLookedForAsOftenAsSomebodyGuesses) {
  Node& here = node();
  StillClock still;
  ApiKeys there(store(), still, system_random());
  ASSERT_TRUE(there.load().run());
  const NewApiKey early = made(here.keys), late = made(here.keys);
  EXPECT_TRUE(there.look_up(early.text.expose()).run());
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(there.look_up("sk_" + std::string(43, 'x')).run());
  EXPECT_FALSE(there.look_up(late.text.expose()).run());
}

TEST_P(KeysOfNodes, EndEverywhereWhenTheyAreRevokedOrRotatedAway) {
  Node &here = node(), &there = node();
  const NewApiKey revoked = made(here.keys), rotated = made(here.keys);
  for (const NewApiKey* key : {&revoked, &rotated}) ASSERT_TRUE(there.keys.look_up(key->text.expose()).run());
  ASSERT_TRUE(here.keys.revoke("porto", revoked.key.id).run());
  ASSERT_TRUE(here.keys.rotate("porto", rotated.key.id, 0s).run());

  EXPECT_TRUE(within(20s, [&] { return there.told_of(revoked.key.id) == "this key was revoked"; }));
  EXPECT_TRUE(within(20s, [&] { return there.told_of(rotated.key.id) == "this key has expired"; }));
  for (const NewApiKey* key : {&revoked, &rotated}) EXPECT_FALSE(there.keys.look_up(key->text.expose()).run());
}

}  // namespace
}  // namespace florin
