// What units that share a transaction owe each other, and when those who wait are told.
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "kernel/platform/store/store.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

using Integer = std::tuple<std::int64_t>;

std::vector<Migration> tables(Engine) {
  return {make_migration(1, "test", "things",
                         "CREATE TABLE things (id BIGINT PRIMARY KEY);\n"
                         "CREATE TABLE events (seq BIGINT PRIMARY KEY, id TEXT NOT NULL);\n"
                         "CREATE TABLE counter (last BIGINT NOT NULL);\n"
                         "INSERT INTO counter (last) VALUES (0);\n")};
}

// Numbers events as the events module does: from a counter row, as the last thing before COMMIT.
void number_events(Session& session, std::vector<StagedEvent>& events) {
  std::int64_t last = std::get<0>(*session.one<Integer>("SELECT last FROM counter"));
  for (StagedEvent& event : events) {
    event.seq = ++last;
    session.execute("INSERT INTO events (seq, id) VALUES (:seq, :id)", event.seq, event.id);
  }
  session.execute("UPDATE counter SET last = :last", last);
}

class StoreGroup : public test::StoreTest {
 protected:
  struct Tally {
    std::atomic<int> stored{0}, refused{0};
    std::atomic<int> unseen{0};  // Told of success before another connection could see the row.
  };

  void SetUp() override {
    use_migrations(tables);
    test::StoreTest::SetUp();
  }

  // Starts `count` writers at once and waits for them; every seventh unit fails after its insert.
  void write_many(int count, Tally& tally) {
    for (int i = 0; i < count; ++i) executor().spawn("writer", write_one(store(), i, tally));
    ASSERT_TRUE(executor().drain(std::chrono::seconds(60)));
  }
  static bool fails(int i) { return i % 7 == 3; }

  static Task<void> write_one(Store& store, int i, Tally& tally) {
    const auto unit = [i](Session& session) -> Result<Done> {
      session.execute("INSERT INTO things (id) VALUES (:id)", i);
      StagedEvent event;
      event.id = "evt_" + std::to_string(i);
      session.stage(std::move(event));
      if (fails(i)) return Error{Error::Kind::kConflict, "refused", "", ""};
      return Done{};
    };
    auto writing = store.write(unit);
    const auto written = co_await writing;
    if (!written) {
      tally.refused += 1;
      co_return;
    }
    const auto query = [i](Session& session) -> Result<bool> {
      return session.one<Integer>("SELECT id FROM things WHERE id = :id", i).has_value();
    };
    auto reading = store.read(query);
    const auto seen = co_await reading;
    if (!seen || !*seen) tally.unseen += 1;
    tally.stored += 1;
  }

  static Task<void> end_the_transaction_at_25(Store& store, int i, Tally& tally) {
    const auto unit = [i](Session& session) -> Result<Done> {
      session.execute("INSERT INTO things (id) VALUES (:id)", i);
      if (i == 25) session.execute("ROLLBACK");  // What SQLite does by itself on a full disk.
      return Done{};
    };
    auto writing = store.write(unit);
    const auto written = co_await writing;
    if (written)
      tally.stored += 1;
    else
      tally.refused += 1;
  }

  // Ten units in one group, of which the fourth is refused; each counts how often it was run.
  struct Crowd {
    std::array<std::atomic<int>, 10> runs{};
    std::atomic<int> queued{0};
    bool refused_writes_first = false;
  };
  static Task<void> join(Store& store, int i, Crowd& crowd, Tally& tally) {
    const auto unit = [i, &crowd](Session& session) -> Result<Done> {
      // The writer takes the first alone and finds the others queued when it is done.
      while (i == 0 && crowd.queued < 10) std::this_thread::yield();
      ++crowd.runs[static_cast<std::size_t>(i)];
      if (i != 3 || crowd.refused_writes_first) session.execute("INSERT INTO things (id) VALUES (:id)", i);
      if (i == 3) return Error{Error::Kind::kConflict, "refused", "", ""};
      return Done{};
    };
    auto writing = store.write(unit);
    ++crowd.queued;
    const auto written = co_await writing;
    (written ? tally.stored : tally.refused) += 1;
  }
  void join_all(Crowd& crowd, Tally& tally) {
    for (int i = 0; i < 10; ++i) executor().begin("writer", join(store(), i, crowd, tally));
    ASSERT_TRUE(executor().drain(std::chrono::seconds(60)));
    EXPECT_EQ(tally.stored, 9);
    EXPECT_EQ(tally.refused, 1);
    EXPECT_EQ(number("SELECT count(*) FROM things"), 9);
    EXPECT_EQ(number("SELECT count(*) FROM things WHERE id = 3"), 0);
  }

  std::int64_t number(const char* sql) {
    const auto found = read(
        [sql](Session& session) -> Result<std::int64_t> { return std::get<0>(*session.one<Integer>(sql)); });
    return found ? *found : -1;
  }
};
FLORIN_BOTH_ENGINES(StoreGroup);

TEST_P(StoreGroup, OfAThousandWritersEachIsToldWhatBecameOfItsOwnUnit) {
  Tally tally;
  write_many(1000, tally);

  EXPECT_EQ(tally.refused, 143);
  EXPECT_EQ(tally.stored, 857);
  EXPECT_EQ(number("SELECT count(*) FROM things"), 857);
  EXPECT_EQ(number("SELECT count(*) FROM things WHERE id % 7 = 3"), 0);
}

TEST_P(StoreGroup, AUnitThatIsRefusedBeforeItWroteLeavesItsNeighboursInPeace) {
  Crowd crowd;
  Tally tally;
  join_all(crowd, tally);
  for (const auto& runs : crowd.runs) EXPECT_EQ(runs, 1);
}

TEST_P(StoreGroup, AUnitThatIsRefusedAfterItWroteIsTakenOutAndItsNeighboursAreRunAgain) {
  Crowd crowd;
  crowd.refused_writes_first = true;
  Tally tally;
  join_all(crowd, tally);
  // Where the others stand follows from how long the writer may work on one group.
  EXPECT_EQ(crowd.runs[3], 2) << "its group was run bare, and again with savepoints";
}

TEST_P(StoreGroup, NobodyIsToldBeforeAnotherConnectionCanSeeTheRow) {
  Tally tally;
  write_many(300, tally);

  EXPECT_EQ(tally.unseen, 0);
  EXPECT_GT(tally.stored, 0);
}

TEST_P(StoreGroup, EventsOfUnitsThatCommitAreNumberedWithoutAGapAndOthersAreNotTold) {
  store().on_closing(number_events);
  std::vector<std::int64_t> told;
  store().on_committed([&told](const std::vector<StagedEvent>& events) {
    for (const StagedEvent& event : events) told.push_back(event.seq);
  });
  Tally tally;
  write_many(500, tally);
  close_store();

  const auto stored = static_cast<std::int64_t>(tally.stored);
  EXPECT_EQ(number("SELECT count(*) FROM events"), stored);
  EXPECT_EQ(number("SELECT max(seq) FROM events"), stored);
  ASSERT_EQ(told.size(), static_cast<std::size_t>(stored));
  for (std::size_t i = 0; i < told.size(); ++i) ASSERT_EQ(told[i], static_cast<std::int64_t>(i) + 1);
}

TEST_P(StoreGroup, ToldOfItsEventsOnlyAfterTheyAreDurableAndBeforeAnyTaskResumes) {
  store().on_closing(number_events);
  std::atomic<bool> told{false};
  store().on_committed([&told](const std::vector<StagedEvent>&) { told = true; });

  const auto written = write([](Session& session) -> Result<Done> {
    session.stage(StagedEvent{});
    return Done{};
  });

  EXPECT_TRUE(written);
  EXPECT_TRUE(told);
}

TEST_P(StoreGroup, WhenTheEngineEndsTheTransactionNobodyResumesOnItAndTheOthersAreRunAgain) {
  Tally tally;
  for (int i = 0; i < 50; ++i) executor().spawn("writer", end_the_transaction_at_25(store(), i, tally));
  ASSERT_TRUE(executor().drain(std::chrono::seconds(60)));

  EXPECT_EQ(tally.stored, 49);
  EXPECT_EQ(tally.refused, 1);
  EXPECT_EQ(number("SELECT count(*) FROM things"), 49);
  EXPECT_EQ(number("SELECT count(*) FROM things WHERE id = 25"), 0);
}

}  // namespace
}  // namespace florin
