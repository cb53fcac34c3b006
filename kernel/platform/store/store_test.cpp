// What a unit of work and a read promise, on both engines.
#include "kernel/platform/store/store.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

using Integer = std::tuple<std::int64_t>;
using Text = std::tuple<std::string>;

std::vector<Migration> tables(Engine) {
  return {make_migration(1, "test", "things",
                         "CREATE TABLE things (id TEXT PRIMARY KEY, amount BIGINT, note TEXT);\n"
                         "CREATE INDEX things_by_amount ON things (amount);\n")};
}

class StoreUnit : public test::StoreTest {
 protected:
  void SetUp() override {
    use_migrations(tables);
    test::StoreTest::SetUp();
  }
  static void add(Session& session, const std::string& id, std::optional<std::int64_t> amount = 1) {
    session.execute("INSERT INTO things (id, amount) VALUES (:id, :amount)", id, amount);
  }
  std::int64_t count() {
    const auto rows = read([](Session& session) -> Result<std::int64_t> {
      return std::get<0>(*session.one<Integer>("SELECT count(*) FROM things"));
    });
    return rows ? *rows : -1;
  }
};
FLORIN_BOTH_ENGINES(StoreUnit);

TEST_P(StoreUnit, IsSeenByAReadOnceItsTaskHasResumed) {
  const auto written = write([](Session& session) -> Result<std::string> {
    add(session, "a");
    return std::string("done");
  });

  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(*written, "done");
  EXPECT_EQ(count(), 1);
}

TEST_P(StoreUnit, ThatReturnsAnErrorLeavesNothingAndGivesThatErrorBack) {
  const auto written = write([](Session& session) -> Result<Done> {
    add(session, "a");
    return Error{Error::Kind::kConflict, "somebody was first", "too_late", "id"};
  });

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, Error::Kind::kConflict);
  EXPECT_EQ(written.error().code, "too_late");
  EXPECT_EQ(count(), 0);
}

TEST_P(StoreUnit, ThatBreaksAConstraintIsAnErrorThatNamesNoValue) {
  ASSERT_TRUE(
      write([](Session& session) -> Result<Done> { return add(session, "4242424242424242"), Done{}; }));

  const auto again =
      write([](Session& session) -> Result<Done> { return add(session, "4242424242424242"), Done{}; });

  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, Error::Kind::kUnavailable);
  EXPECT_EQ(again.error().code, "storage_error");
  EXPECT_EQ(again.error().message.find("4242"), std::string::npos) << again.error().message;
}

TEST_P(StoreUnit, ThatSwallowsAFaultFailsAllTheSame) {
  const auto written = write([](Session& session) -> Result<Done> {
    add(session, "a");
    try {
      add(session, "a");
    } catch (const StoreFault&) {
    }
    return Done{};
  });

  EXPECT_FALSE(written);
  EXPECT_EQ(count(), 0);
}

TEST_P(StoreUnit, ThatThrowsSomethingElseIsBrokenAndLeavesNothing) {
  const auto written = write([](Session& session) -> Result<Done> {
    add(session, "a");
    throw std::logic_error("card 4242424242424242");
  });

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, Error::Kind::kBroken);
  EXPECT_EQ(written.error().message.find("4242"), std::string::npos);
  EXPECT_EQ(count(), 0);
}

TEST_P(StoreUnit, CountsTheRowsItChangedAndAUniqueConflictIsNone) {
  const auto changed = write([](Session& session) -> Result<std::vector<std::int64_t>> {
    const char* insert = "INSERT INTO things (id) VALUES (:id) ON CONFLICT (id) DO NOTHING";
    std::vector<std::int64_t> counts = {session.execute(insert, "a"), session.execute(insert, "a"),
                                        session.execute(insert, "b")};
    counts.push_back(session.execute("UPDATE things SET amount = 5"));
    counts.push_back(session.execute("UPDATE things SET amount = 6 WHERE id = :id", "nobody"));
    return counts;
  });

  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(*changed, (std::vector<std::int64_t>{1, 0, 1, 2, 0}));
}

TEST_P(StoreUnit, KeepsTheLargestAndTheSmallestNumber) {
  const std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  const std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
  const auto rows = write([=](Session& session) -> Result<std::vector<Integer>> {
    add(session, "a", largest);
    add(session, "b", smallest);
    return session.all<Integer>("SELECT amount FROM things ORDER BY id");
  });

  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, (std::vector<Integer>{{largest}, {smallest}}));
}

TEST_P(StoreUnit, ReadsNullAsNothingAndRefusesItWhereNothingIsNotExpected) {
  ASSERT_TRUE(
      write([](Session& session) -> Result<Done> { return add(session, "a", std::nullopt), Done{}; }));
  using Maybe = std::tuple<std::optional<std::int64_t>, std::optional<std::string>>;

  const auto rows = read([](Session& session) -> Result<std::optional<Maybe>> {
    return session.one<Maybe>("SELECT amount, note FROM things");
  });
  const auto fault = read([](Session& session) -> Result<std::optional<Integer>> {
    return session.one<Integer>("SELECT amount FROM things");
  });

  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(**rows, Maybe(std::nullopt, std::nullopt));
  ASSERT_FALSE(fault);
  EXPECT_EQ(fault.error().kind, Error::Kind::kUnavailable);
}

TEST_P(StoreUnit, OneStatementTakesANumberATextAndNothingInTurn) {
  const auto rows =
      write([](Session& session) -> Result<std::vector<std::tuple<std::string, std::optional<std::string>>>> {
        const char* insert = "INSERT INTO things (id, note) VALUES (:id, :note)";
        session.execute(insert, "a", std::optional<std::string>());
        session.execute(insert, "b", "text");
        session.execute(insert, "c", std::optional<std::string>());
        session.execute(insert, "d", "");
        return session.all<std::tuple<std::string, std::optional<std::string>>>(
            "SELECT id, note FROM things ORDER BY id");
      });

  ASSERT_TRUE(rows) << rows.error().message;
  using Row = std::tuple<std::string, std::optional<std::string>>;
  EXPECT_EQ(*rows, (std::vector<Row>{{"a", std::nullopt}, {"b", "text"}, {"c", std::nullopt}, {"d", ""}}));
}

TEST_P(StoreUnit, AParameterNamedTwiceTakesOneValueAndAColonInQuotesIsNone) {
  const auto row = write([](Session& session) -> Result<std::optional<std::tuple<std::string, std::string>>> {
    add(session, "a", 7);
    return session.one<std::tuple<std::string, std::string>>(
        "SELECT id, '12:30' FROM things WHERE amount = :amount OR amount + 1 = :amount", 7);
  });

  ASSERT_TRUE(row) << row.error().message;
  ASSERT_TRUE(*row);
  EXPECT_EQ(std::get<1>(**row), "12:30");
}

TEST_P(StoreUnit, RefusesATextWithAZeroByteRatherThanCuttingIt) {
  const auto written =
      write([](Session& session) -> Result<Done> { return add(session, std::string("a\0b", 3)), Done{}; });

  EXPECT_FALSE(written);
  EXPECT_EQ(count(), 0);
}

TEST_P(StoreUnit, ReadCannotWrite) {
  const auto wrote = [this] {
    return read([](Session& session) -> Result<Done> { return add(session, "a"), Done{}; });
  }();

  EXPECT_FALSE(wrote);
  EXPECT_EQ(count(), 0);
}

}  // namespace
}  // namespace florin
