// What units leave to their group: sums that are added once, and rows that are counted later.
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "kernel/platform/store/group.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

using Integer = std::tuple<std::int64_t>;

std::vector<Migration> tables(Engine) {
  return {make_migration(1, "test", "sums",
                         "CREATE TABLE sums (name TEXT PRIMARY KEY, amount BIGINT NOT NULL, additions BIGINT NOT NULL);\n"
                         "CREATE TABLE seats (number BIGINT PRIMARY KEY, taken_by TEXT NOT NULL);\n"
                         "INSERT INTO seats (number, taken_by) VALUES (1, '');\n")};
}

void add(Session& session, const std::string& name, std::int64_t amount) {
  add_at_close(session,
               "INSERT INTO sums (amount, name, additions) VALUES (:amount, :name, 1) ON CONFLICT (name) DO UPDATE "
               "SET amount = sums.amount + excluded.amount, additions = sums.additions + 1",
               {amount, name});
}

Error refused() { return Error{Error::Kind::kConflict, "refused", "", ""}; }

class StoreAside : public test::StoreTest {
 protected:
  void SetUp() override {
    use_migrations(tables);
    test::StoreTest::SetUp();
  }
  std::int64_t number(const std::string& sql) {
    return *read([sql](Session& session) -> Result<std::int64_t> { return std::get<0>(*session.one<Integer>(sql)); });
  }
  static Task<void> add_one(Store& store, int i) {
    const auto unit = [i](Session& session) -> Result<Done> {
      add(session, "all", 10);
      if (i % 5 == 0) return refused();
      return Done{};
    };
    auto writing = store.write(unit);
    static_cast<void>(co_await writing);
  }
  static Task<void> take_seat(Store& store, int i, std::atomic<int>& taken) {
    const auto unit = [i](Session& session) -> Result<Done> {
      if (!changes_one(session, "UPDATE seats SET taken_by = :name WHERE number = 1 AND taken_by = ''",
                       {"guest " + std::to_string(i)}))
        return refused();
      return Done{};
    };
    auto writing = store.write(unit);
    const auto written = co_await writing;
    if (written) taken += 1;
  }
};
FLORIN_BOTH_ENGINES(StoreAside);

TEST_P(StoreAside, WhatManyUnitsAddIsAddedOnceAGroupAndARefusedUnitAddsNothing) {
  for (int i = 0; i < 200; ++i) executor().spawn("adder", add_one(store(), i));
  ASSERT_TRUE(executor().drain(std::chrono::seconds(60)));

  EXPECT_EQ(number("SELECT amount FROM sums WHERE name = 'all'"), 1600);
  EXPECT_LT(number("SELECT additions FROM sums WHERE name = 'all'"), 160);
}

TEST_P(StoreAside, AnAmountThatIsTooLargeForItsSumChangesNothing) {
  const auto unit = [](Session& session) -> Result<Done> {
    add(session, "all", INT64_MAX);
    add(session, "all", 1);
    return Done{};
  };
  EXPECT_FALSE(write(unit));
  EXPECT_EQ(number("SELECT CAST(count(*) AS BIGINT) FROM sums"), 0);
}

// Each is told yes at first; the group is then run again, and all but one hear that somebody was faster.
TEST_P(StoreAside, OfManyUnitsThatWantOneRowExactlyOneHasIt) {
  std::atomic<int> taken{0};
  for (int i = 0; i < 100; ++i) executor().spawn("guest", take_seat(store(), i, taken));
  ASSERT_TRUE(executor().drain(std::chrono::seconds(60)));

  EXPECT_EQ(taken, 1);
  EXPECT_EQ(number("SELECT CAST(count(*) AS BIGINT) FROM seats WHERE taken_by <> ''"), 1);
}

TEST_P(StoreAside, AUnitThatFailsAtTheDatabaseTakesNoneOfItsNeighboursWithIt) {
  std::atomic<int> taken{0};
  const auto wrong = [](Session& session) -> Result<Done> {
    add(session, "all", 1);
    session.execute_later("INSERT INTO seats (number, taken_by) VALUES (1, 'twice')");
    return Done{};
  };
  executor().spawn("guest", take_seat(store(), 1, taken));
  EXPECT_FALSE(write(wrong));
  ASSERT_TRUE(executor().drain(std::chrono::seconds(60)));

  EXPECT_EQ(taken, 1);
  EXPECT_EQ(number("SELECT CAST(count(*) AS BIGINT) FROM sums"), 0);
}

}  // namespace
}  // namespace florin
