// What an upgrade does to the refunds that are there already: each becomes a refund with one part.
#include <gtest/gtest.h>

#include "kernel/modules/events/event.hpp"
#include "kernel/modules/payments/repository.hpp"
#include "kernel/modules/refunds/repository.hpp"
#include "kernel/modules/refunds/rules.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

const Currency kEuro = Currency::of("EUR");
constexpr int kRefundParts = 310;

// Those of the release before: the migrations with greater numbers were on main earlier.
std::vector<Migration> without_refund_parts(Engine engine) {
  std::vector<Migration> migrations = built_in_migrations(engine);
  std::erase_if(migrations, [](const Migration& migration) { return migration.number == kRefundParts; });
  return migrations;
}

class RefundsUpgrade : public test::StoreTest {
 protected:
  void SetUp() override {
    test::StoreTest::SetUp();
    use_migrations(without_refund_parts);
  }
  // As it was stored then: the refund itself named its attempt and the provider's reference.
  void insert_old(const std::string& id, std::int64_t amount, const std::string& status, const std::string& reference) {
    ASSERT_TRUE(write([=](Session& session) -> Result<Done> {
      Attempt attempt{"att_" + id, "shop", "pay_1", AttemptKind::kRefund, 2, "acme-pt", "acme", Money(amount, kEuro),
                      AttemptState::kSending, "ref_at_acme", "", id, "", Money(3000, kEuro)};
      attempt.capture_reference = "cap_a";
      PaymentRepository(system_random()).insert_attempt(session, attempt);
      session.execute(
          "insert into refunds (id, merchant, payment_id, amount, currency, status, reason, metadata, attempt_id, "
          "reference, error, created, updated) values (:id, 'shop', 'pay_1', :amount, 'EUR', :status, 'duplicate', "
          "'{\"ticket\":\"7\"}', :attempt, :reference, 'null', 5000000, 6000000)",
          id, amount, status, attempt.id, reference);
      return Done();
    }));
  }
  void upgrade() {
    close_store();
    use_migrations(built_in_migrations);
    store().on_closing(store_events);
  }
  Refund found(const std::string& id) {
    const auto refund = read([this, id](Session& session) -> Result<std::optional<Refund>> {
      return refunds_.find(session, "shop", id);
    });
    EXPECT_TRUE(refund && *refund) << id << " is gone";
    return refund && *refund ? **refund : Refund{"", "", "", Money(0, kEuro)};
  }

  RefundRepository refunds_{system_random()};
};
FLORIN_BOTH_ENGINES(RefundsUpgrade);

TEST_P(RefundsUpgrade, ARefundOfBeforeHasOnePartThatNamesItsCapture) {
  insert_old("ref_1", 1200, "succeeded", "re_1");
  upgrade();

  const Refund refund = found("ref_1");
  EXPECT_EQ(refund.status, RefundStatus::kSucceeded);
  EXPECT_EQ(refund.booked(), Money(1200, kEuro));
  EXPECT_EQ(refund.reason, "duplicate");
  EXPECT_EQ(refund.metadata, (Json{{"ticket", "7"}}));
  ASSERT_EQ(refund.parts.size(), 1U);
  const RefundPart& part = refund.parts.front();
  EXPECT_EQ(part.capture_reference, "cap_a");
  EXPECT_EQ(part.attempt_id, "att_ref_1");
  EXPECT_EQ(part.reference, "re_1");
}

TEST_P(RefundsUpgrade, WhatWasUnderWayStaysUnderWayAndWhatTheProviderTookStaysTaken) {
  insert_old("ref_1", 1000, "pending", "");
  insert_old("ref_2", 600, "pending", "re_2");
  insert_old("ref_3", 500, "failed", "");
  upgrade();

  EXPECT_EQ(found("ref_1").parts.at(0).state, PartState::kSending);
  EXPECT_EQ(found("ref_1").status, RefundStatus::kPending);
  EXPECT_EQ(found("ref_2").parts.at(0).state, PartState::kPending);
  EXPECT_EQ(found("ref_2").booked(), Money(600, kEuro));
  EXPECT_EQ(found("ref_3").status, RefundStatus::kFailed);
  EXPECT_TRUE(found("ref_3").booked().is_zero());
}

TEST_P(RefundsUpgrade, OnlyWhatWasNotGivenBackBeforeIsLeftToGiveBack) {
  insert_old("ref_1", 1000, "pending", "");
  insert_old("ref_2", 600, "succeeded", "re_2");
  insert_old("ref_3", 500, "failed", "");
  upgrade();

  const auto given_back = read([this](Session& session) -> Result<std::vector<RefundPart>> {
    return refunds_.parts_of_payment(session, "shop", "pay_1");
  });
  ASSERT_TRUE(given_back);
  const std::vector<CaptureLeft> left = what_is_left({{"cap_a", Money(3000, kEuro)}}, *given_back);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left.front().left, Money(1400, kEuro));
}

TEST_P(RefundsUpgrade, ARefundThatWasUnderWayIsFinishedAndTheProvidersLateWordFindsIt) {
  insert_old("ref_1", 1000, "pending", "");
  upgrade();

  const Refund before = found("ref_1");
  ASSERT_TRUE(write([&](Session& session) {
    Refund refund = before;
    refund.parts.at(0).state = PartState::kSucceeded;
    refund.parts.at(0).reference = "re_late";
    return refunds_.advance(session, before, refund, Instant{});
  }));
  const auto late = read([this](Session& session) -> Result<std::optional<Refund>> {
    return refunds_.find_by_reference(session, "shop", "re_late");
  });
  ASSERT_TRUE(late && *late);
  EXPECT_EQ((*late)->id, "ref_1");
  EXPECT_EQ((*late)->status, RefundStatus::kSucceeded);
}

}  // namespace
}  // namespace florin
