// What execute_later() promises on both engines: done in order, seen by the unit's own reads, part of its unit.
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "kernel/platform/store/store.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

std::vector<Migration> tables(Engine) {
  return {make_migration(1, "test", "notes",
                         "CREATE TABLE notes (id TEXT PRIMARY KEY, amount BIGINT, remark TEXT);\n")};
}

class StoreLater : public test::StoreTest {
 protected:
  void SetUp() override {
    use_migrations(tables);
    test::StoreTest::SetUp();
  }
  static void add_later(Session& session, const std::string& id, std::optional<std::int64_t> amount = 1) {
    session.execute_later("INSERT INTO notes (id, amount, remark) VALUES (:id, :amount, 'it''s :noted')", id, amount);
  }
  std::int64_t count() {
    const auto found = read([](Session& session) -> Result<std::int64_t> {
      return std::get<0>(*session.one<std::tuple<std::int64_t>>("SELECT count(*) FROM notes"));
    });
    return found ? *found : -1;
  }
};
FLORIN_BOTH_ENGINES(StoreLater);

TEST_P(StoreLater, IsDoneBeforeTheUnitReadsAndBeforeItIsTold) {
  const auto seen = write([](Session& session) -> Result<std::int64_t> {
    add_later(session, "a", 7);
    session.execute_later("UPDATE notes SET amount = amount + :more WHERE id = :id", 35, "a");
    return std::get<0>(*session.one<std::tuple<std::int64_t>>("SELECT amount FROM notes WHERE id = :id", "a"));
  });
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(*seen, 42);
  ASSERT_TRUE(write([](Session& session) -> Result<Done> { return add_later(session, "b"), Done{}; }));
  EXPECT_EQ(count(), 2);
}

TEST_P(StoreLater, KeepsTextsNumbersAndNothingAsTheyAre) {
  const std::string text = "caf\xc3\xa9 '; -- \\ \n " + std::string(5'000, 'x');
  ASSERT_TRUE(write([&](Session& session) -> Result<Done> {
    add_later(session, text, INT64_MIN);
    add_later(session, "none", std::nullopt);
    return Done{};
  }));
  using Row = std::tuple<std::optional<std::int64_t>, std::string>;
  const auto row = read([&](Session& session) -> Result<Row> {
    return *session.one<Row>("SELECT amount, remark FROM notes WHERE id = :id", text);
  });
  EXPECT_EQ(std::get<0>(*row), INT64_MIN);
  EXPECT_EQ(std::get<1>(*row), "it's :noted");
  const auto none = read([](Session& session) -> Result<Row> {
    return *session.one<Row>("SELECT amount, remark FROM notes WHERE id = 'none'");
  });
  EXPECT_EQ(std::get<0>(*none), std::nullopt);
}

TEST_P(StoreLater, WhatGoesWrongIsItsUnitsFaultAndTheNextUnitIsUnharmed) {
  ASSERT_TRUE(write([](Session& session) -> Result<Done> { return add_later(session, "a"), Done{}; }));
  for (int again = 0; again < 3; ++again) {
    const auto refused = write([](Session& session) -> Result<Done> {
      session.execute_later("UPDATE notes SET amount = :amount WHERE id = 'a'", 99);
      add_later(session, "a");
      return Done{};
    });
    ASSERT_FALSE(refused) << "two notes cannot have one id";
  }
  ASSERT_TRUE(write([](Session& session) -> Result<Done> { return add_later(session, "b"), Done{}; }));
  const auto amount = read([](Session& session) -> Result<std::int64_t> {
    return std::get<0>(*session.one<std::tuple<std::int64_t>>("SELECT amount FROM notes WHERE id = 'a'"));
  });
  EXPECT_EQ(*amount, 1);
  EXPECT_EQ(count(), 2);
}

TEST_P(StoreLater, ARefusedUnitHasNotDoneIt) {
  const auto refused = write([](Session& session) -> Result<Done> {
    add_later(session, "a");
    return Error{Error::Kind::kConflict, "refused", "", ""};
  });
  EXPECT_FALSE(refused);
  ASSERT_TRUE(write([](Session& session) -> Result<Done> { return add_later(session, "b"), Done{}; }));
  EXPECT_EQ(count(), 1);
}

TEST_P(StoreLater, RefusesATextWithAZeroByte) {
  EXPECT_FALSE(write([](Session& session) -> Result<Done> { return add_later(session, std::string("a\0b", 3)), Done{}; }));
  EXPECT_EQ(count(), 0);
}

}  // namespace
}  // namespace florin
