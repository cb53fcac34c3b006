// What the outbox promises, on both engines.
#include "kernel/modules/events/event.hpp"

#include <gtest/gtest.h>

#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

class Outbox : public test::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    if (!IsSkipped()) store().on_closing(store_events);
  }
  Result<Done> tell(const std::string& merchant, const std::string& type, bool fail = false) {
    return write([merchant, type, fail](Session& session) -> Result<Done> {
      append_event(session, Event{merchant, type, "pay_1", "pay_1", R"({"id":"pay_1"})", Json::object(), Instant{}},
                   system_random());
      if (fail) return Error{Error::Kind::kConflict, "this unit fails"};
      return Done();
    });
  }
  std::vector<StagedEvent> events(const std::string& merchant, EventQuery query = {}) {
    return *read([merchant, query](Session& session) -> Result<std::vector<StagedEvent>> {
      return events_after(session, merchant, query);
    });
  }
};
FLORIN_BOTH_ENGINES(Outbox);

TEST_P(Outbox, EachMerchantsEventsAreNumberedFromOneWithoutGaps) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(tell("lisbon-books", "payment.created"));
    ASSERT_TRUE(tell("tokyo-teas", "payment.created"));
  }
  std::int64_t expected = 0;
  for (const StagedEvent& event : events("tokyo-teas")) EXPECT_EQ(event.seq, ++expected);
  EXPECT_EQ(expected, 3);
  expected = 0;
  for (const StagedEvent& event : events("")) EXPECT_EQ(event.position, ++expected);
  EXPECT_EQ(expected, 6);
}

TEST_P(Outbox, AUnitThatFailsTellsNothingAndLeavesNoGap) {
  ASSERT_TRUE(tell("lisbon-books", "payment.created"));
  EXPECT_FALSE(tell("lisbon-books", "payment.processing", true));
  ASSERT_TRUE(tell("lisbon-books", "payment.succeeded"));

  const auto told = events("lisbon-books");
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1].seq, 2);
  EXPECT_EQ(told[1].type, "payment.succeeded");
}

TEST_P(Outbox, AKindOfEventsCanBeAskedForByItsPrefix) {
  ASSERT_TRUE(tell("lisbon-books", "payment.created"));
  ASSERT_TRUE(tell("lisbon-books", "refund.created"));
  EventQuery query;
  query.type = "refund.*";
  ASSERT_EQ(events("lisbon-books", query).size(), 1u);
}

TEST_P(Outbox, AReadersCursorNeverMovesBack) {
  const auto move = [this](std::int64_t to) {
    return write([to](Session& session) -> Result<std::int64_t> {
      move_cursor(session, "reader", to);
      return *hold_cursor(session, "reader");
    });
  };
  EXPECT_EQ(*move(5), 5);
  EXPECT_EQ(*move(3), 5);
}

TEST_P(Outbox, AReadersCursorIsHeldByOneNodeAtATime) {
  if (GetParam() == Engine::kSqlite) GTEST_SKIP() << "a SQLite file has one node";
  const auto other = open_store(options());
  ASSERT_TRUE(other) << other.error().message;
  const auto hold = [](Session& session) -> Result<bool> { return hold_cursor(session, "reader").has_value(); };
  ASSERT_TRUE(*write(hold)) << "the first time";
  std::optional<bool> meanwhile;
  ASSERT_TRUE(write([&](Session& session) -> Result<Done> {
    EXPECT_TRUE(hold_cursor(session, "reader").has_value());
    meanwhile = *(*other)->write(hold).run();
    return Done();
  }));

  EXPECT_FALSE(*meanwhile);
  EXPECT_TRUE(*(*other)->write(hold).run()) << "it goes with the unit";
}

TEST(EventFilter, TakesExactTypesAResourceOrEverything) {
  EXPECT_TRUE(is_wanted({}, "payment.succeeded"));
  EXPECT_TRUE(is_wanted({"*"}, "payment.succeeded"));
  EXPECT_TRUE(is_wanted({"refund.failed", "payment.*"}, "payment.succeeded"));
  EXPECT_FALSE(is_wanted({"refund.*", "payment.failed"}, "payment.succeeded"));
  EXPECT_FALSE(is_wanted({"payment.*"}, "payments.succeeded"));
}

TEST(EventText, IsTheSameDocumentAsItsJson) {
  StagedEvent event;
  event.id = "evt_1";
  event.type = "payment.succeeded";
  event.body = R"({"object":{"id":"pay_1"},"previous_attributes":{"status":"processing"}})";
  event.created = 1'700'000'000'000'000;
  event.seq = 7;
  const Json json = Json::parse(render_event_text(event));
  EXPECT_EQ(json["created"], 1'700'000'000);
  EXPECT_EQ(json["seq"], 7);
  EXPECT_EQ(json["data"]["previous_attributes"]["status"], "processing");
}

}  // namespace
}  // namespace florin
