// What the refund tables keep, on both engines.
#include "kernel/modules/refunds/repository.hpp"

#include <gtest/gtest.h>

#include "kernel/modules/events/event.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

const Currency kEuro = Currency::of("EUR");

class Refunds : public test::StoreTest {
 protected:
  void SetUp() override {
    test::StoreTest::SetUp();
    if (!IsSkipped()) store().on_closing(store_events);
  }
  Refund two_parts() {
    Refund refund{"ref_1", "shop", "pay_1", Money(30, kEuro)};
    refund.metadata = Json{{"ticket", "7"}};
    refund.parts = {{1, Money(20, kEuro), "cap_a"}, {2, Money(10, kEuro), "cap_b"}};
    refund.parts.front().state = PartState::kSending;
    refund.parts.front().attempt_id = "att_1";
    refund.parts.front().tries = 1;
    return refund;
  }
  void insert(const Refund& refund) {
    ASSERT_TRUE(write([this, refund](Session& session) -> Result<Done> {
      refunds_.insert(session, refund);
      return Done();
    }));
  }
  Result<Done> advance(Refund before, Refund after) {
    return write([this, before, after](Session& session) {
      Refund refund = after;
      return refunds_.advance(session, before, refund, Instant{});
    });
  }
  std::optional<Refund> found() {
    return *read([this](Session& session) -> Result<std::optional<Refund>> { return refunds_.find(session, "shop", "ref_1"); });
  }
  std::vector<std::string> told() {
    const auto events = read([](Session& session) -> Result<std::vector<StagedEvent>> {
      return events_after(session, "shop", EventQuery());
    });
    std::vector<std::string> types;
    for (const StagedEvent& event : *events) types.push_back(event.type);
    return types;
  }

  RefundRepository refunds_{system_random()};
};
FLORIN_BOTH_ENGINES(Refunds);

TEST_P(Refunds, ARefundComesBackWithItsPartsInOrder) {
  insert(two_parts());

  const auto refund = found();
  ASSERT_TRUE(refund);
  EXPECT_EQ(render_refund(*refund), render_refund(two_parts()));
  EXPECT_EQ(refund->parts.at(0).attempt_id, "att_1");
  EXPECT_EQ(refund->parts.at(1).state, PartState::kPlanned);
}

TEST_P(Refunds, EachStepIsStoredWithItsPartsAndTold) {
  insert(two_parts());
  const Refund planned = *found();
  Refund half = planned;
  half.parts[0].state = PartState::kSucceeded;
  half.parts[0].reference = "re_a";
  half.parts[1].state = PartState::kSending;
  ASSERT_TRUE(advance(planned, half));
  const Refund sending = *found();
  EXPECT_EQ(sending.status, RefundStatus::kPending);
  EXPECT_EQ(sending.booked(), Money(20, kEuro));
  Refund whole = sending;
  whole.parts[1].state = PartState::kSucceeded;
  ASSERT_TRUE(advance(sending, whole));

  EXPECT_EQ(found()->status, RefundStatus::kSucceeded);
  EXPECT_EQ(told(), (std::vector<std::string>{"refund.created", "refund.updated", "refund.succeeded"}));
}

TEST_P(Refunds, OfTwoWritersOneLosesAndLeavesNothingBehind) {
  insert(two_parts());
  const Refund before = *found();
  Refund mine = before, theirs = before;
  theirs.parts[0].state = PartState::kSucceeded;
  mine.parts[0].state = PartState::kFailed;
  ASSERT_TRUE(advance(before, theirs));

  const auto lost = advance(before, mine);

  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, Error::Kind::kConflict);
  EXPECT_EQ(found()->parts.at(0).state, PartState::kSucceeded);
}

TEST_P(Refunds, AreFoundByTheProvidersNameForAnyPartAndByTheirMerchantAlone) {
  insert(two_parts());
  const Refund before = *found();
  Refund after = before;
  after.parts[1].reference = "re_b";
  ASSERT_TRUE(advance(before, after));

  const auto by = [this](const std::string& merchant, const std::string& reference) {
    return read([this, merchant, reference](Session& session) -> Result<bool> {
      return refunds_.find_by_reference(session, merchant, reference).has_value();
    });
  };
  EXPECT_TRUE(*by("shop", "re_b"));
  EXPECT_FALSE(*by("other", "re_b"));
  EXPECT_FALSE(*by("shop", "")) << "a part that no provider has taken yet has no name";
}

}  // namespace
}  // namespace florin
