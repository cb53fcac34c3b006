// What the store does when its disk is full, and when PostgreSQL goes away under load.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/platform/store/postgres.hpp"
#include "kernel/platform/store/store.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

using Integer = std::tuple<std::int64_t>;

std::vector<Migration> tables(Engine) {
  return {make_migration(1, "test", "things", "CREATE TABLE things (id BIGINT PRIMARY KEY, body TEXT);\n")};
}

class StoreTrouble : public test::StoreTest {
 protected:
  void SetUp() override {
    use_migrations(tables);
    test::StoreTest::SetUp();
  }

  struct Told {
    std::mutex mutex;
    std::set<std::int64_t> stored;
    std::set<std::string> codes;
  };
  static Task<void> write_one(Store& store, std::int64_t i, std::size_t bytes, Told& told) {
    const auto unit = [i, bytes](Session& session) -> Result<Done> {
      session.execute("INSERT INTO things (id, body) VALUES (:id, :body)", i, std::string(bytes, 'x'));
      return Done{};
    };
    auto writing = store.write(unit);
    const auto written = co_await writing;
    const std::lock_guard lock(told.mutex);
    if (written)
      told.stored.insert(i);
    else
      told.codes.insert(written.error().code);
  }

  std::set<std::int64_t> rows() {
    const auto found = read([](Session& session) -> Result<std::vector<Integer>> {
      return session.all<Integer>("SELECT id FROM things");
    });
    std::set<std::int64_t> ids;
    if (found)
      for (const auto& [id] : *found) ids.insert(id);
    return ids;
  }
};

using StoreTroubleSqlite = StoreTrouble;
INSTANTIATE_TEST_SUITE_P(On, StoreTroubleSqlite, testing::Values(Engine::kSqlite), test::engine_name);

TEST_P(StoreTroubleSqlite, AFullDiskIsToldToThoseWhoDoNotFitAndItRecoversByItself) {
  ASSERT_TRUE(write([](Session& session) -> Result<Done> {
    session.execute("PRAGMA max_page_count = 60");
    return Done{};
  }));
  Told told;
  // Some fit and some do not, in the same groups.
  for (std::int64_t i = 0; i < 60; ++i)
    executor().spawn("writer", write_one(store(), i, i % 3 == 0 ? 100'000 : 50, told));
  ASSERT_TRUE(executor().drain(std::chrono::seconds(30)));

  EXPECT_EQ(told.codes, std::set<std::string>{"storage_full"});
  EXPECT_GE(told.stored.size(), 40u) << "those that fit are stored, whoever their neighbours are";
  EXPECT_EQ(rows(), told.stored);

  ASSERT_TRUE(write([](Session& session) -> Result<Done> {
    session.execute("PRAGMA max_page_count = 1000000");
    return Done{};
  }));
  executor().spawn("writer", write_one(store(), 1000, 100'000, told));
  ASSERT_TRUE(executor().drain(std::chrono::seconds(30)));
  EXPECT_EQ(told.stored.count(1000), 1u);
}

using StoreTroublePostgres = StoreTrouble;
INSTANTIATE_TEST_SUITE_P(On, StoreTroublePostgres, testing::Values(Engine::kPostgres), test::engine_name);

TEST_P(StoreTroublePostgres, ABackendKilledAgainAndAgainLosesNothingThatWasAcknowledged) {
  Told told;
  std::atomic<bool> loading{true};
  // Two stores, told apart by the application's name: other tests use the same cluster.
  const std::string victim = "florin_victim_" + std::to_string(getpid());
  StoreOptions victims = options();
  victims.url += "&application_name=" + victim;
  const auto under_load = open_store(victims);
  ASSERT_TRUE(under_load) << under_load.error().message;
  Store& killer = store();
  int kills = 0;
  std::thread killing([&] {
    for (; loading; ++kills) {
      const auto killed = killer
                              .read([&victim](Session& session) -> Result<Done> {
                                session.all<std::tuple<std::string>>(
                                    "SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity "
                                    "WHERE application_name = :victim",
                                    victim);
                                return Done{};
                              })
                              .run();
      EXPECT_TRUE(killed);
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
  });
  for (std::int64_t i = 0; i < 4000; ++i) {
    executor().spawn("writer", write_one(**under_load, i, 20, told));
    // A load, not a heap: it is to last over a good many kills.
    if (i % 10 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const bool drained = executor().drain(std::chrono::seconds(60));
  loading = false;
  killing.join();
  ASSERT_TRUE(drained);

  const std::set<std::int64_t> stored = rows();
  for (const std::int64_t id : told.stored) EXPECT_EQ(stored.count(id), 1u) << id << " was acknowledged";
  EXPECT_EQ(told.stored, stored) << "and what was refused is not there";
  EXPECT_GT(told.stored.size(), 0u);
  EXPECT_GT(kills, 5);
}

TEST_P(StoreTroublePostgres, ANumberThatACrashedServerGaveAwayTwiceProvesNoCommit) {
  const auto connector = store::postgres_connector(database().url());
  const auto ours = connector->writer(), theirs = connector->writer();
  ours->begin();
  const std::string lost = ours->transaction_name();
  ours->rollback();
  theirs->begin();
  const std::string kept = theirs->transaction_name();
  theirs->commit();

  // As after the crash: our changes are gone, and our number is that of a transaction which was committed.
  const std::string given_twice = kept.substr(0, kept.find(':')) + lost.substr(lost.find(':'));

  EXPECT_EQ(theirs->was_committed(given_twice), std::optional(false));
  EXPECT_EQ(theirs->was_committed(lost), std::optional(false));
  EXPECT_EQ(theirs->was_committed(kept), std::optional(true));
}

}  // namespace
}  // namespace florin
