// Capture, void and refund whoever carries them: exactly what was asked, never more than there is, and once
// under one key. A provider that only ever says to have received a refund says its no by webhook.
#include "tests/conformance/stage.hpp"

namespace florin::conformance {
namespace {

class Modifying : public Conformance {
 protected:
  ModifyResult capture(const Approved& held, std::int64_t minor, std::int64_t before, bool final,
                       const std::string& attempt) {
    const auto request = stage.capture_of(held, stage.money(minor), stage.money(before), final, attempt);
    return stage.provider->capture(request, stage.http).run();
  }
  ModifyResult refund(const Approved& taken, std::int64_t minor, const std::string& attempt) {
    const auto request = stage.refund_of(taken, stage.money(minor), attempt);
    return stage.provider->refund(request, stage.http).run();
  }
  static bool is_accepted(const ModifyResult& result) {
    return result && std::holds_alternative<Accepted>(*result);
  }
  // A definite no: as its answer or, where that was pending, as the last word.
  bool is_refused(const ModifyResult& refund) {
    if (!refund || std::holds_alternative<Declined>(*refund)) return true;
    const auto* accepted = std::get_if<Accepted>(&*refund);
    return accepted != nullptr && accepted->pending && is_told_to_have_failed(accepted->reference);
  }
  bool is_told_to_have_failed(const std::string& reference) {
    for (const SandboxWebhook& webhook : stage.http.webhooks) {
      const auto events =
          stage.provider->parse_webhook({webhook.headers, webhook.body, webhook.url, stage.now}, stage.http)
              .run();
      EXPECT_TRUE(events) << events.error().message;
      if (!events) continue;
      for (const ProviderEvent& event : *events)
        if (event.operation_reference == reference && event.kind == ProviderEvent::Kind::kRefundFailed)
          return true;
    }
    return false;
  }
};
FLORIN_CONFORMANCE(Modifying);

TEST_P(Modifying, AFullCaptureTakesWhatWasHeld) {
  if (!stage.can.manual_capture) GTEST_SKIP() << "it captures at once";
  const Approved held = stage.approved(false);

  const auto result = capture(held, 1200, 0, true, "att_capture");

  ASSERT_TRUE(is_accepted(result));
  EXPECT_FALSE(std::get<Accepted>(*result).reference.empty());
  EXPECT_EQ(stage.count(Kind::kCaptured, "att_capture"), 1u);
  EXPECT_EQ(stage.sum(Kind::kCaptured), stage.money(1200));
}

TEST_P(Modifying, APartialCaptureTakesJustThatPart) {
  if (!stage.can.partial_capture) GTEST_SKIP() << "it captures all or nothing";
  const Approved held = stage.approved(false);

  ASSERT_TRUE(is_accepted(capture(held, 500, 0, true, "att_capture")));

  EXPECT_EQ(stage.sum(Kind::kCaptured), stage.money(500));
}

TEST_P(Modifying, SeveralCapturesReachTheHeldAmountAndNotOneUnitMore) {
  if (!stage.can.multiple_captures) GTEST_SKIP() << "it captures once";
  const Approved held = stage.approved(false);

  ASSERT_TRUE(is_accepted(capture(held, 500, 0, false, "att_c1")));
  EXPECT_FALSE(is_accepted(capture(held, 701, 500, true, "att_c2")));
  ASSERT_TRUE(is_accepted(capture(held, 700, 500, true, "att_c3")));
  EXPECT_FALSE(is_accepted(capture(held, 1, 1200, true, "att_c4")));

  EXPECT_EQ(stage.sum(Kind::kCaptured), stage.money(1200));
}

TEST_P(Modifying, MoreThanWasHeldIsNotCaptured) {
  if (!stage.can.manual_capture) GTEST_SKIP() << "it captures at once";
  const Approved held = stage.approved(false);

  const auto result = capture(held, 1201, 0, true, "att_capture");

  EXPECT_FALSE(is_accepted(result));
  EXPECT_FALSE(result && std::holds_alternative<InDoubt>(*result)) << "it is a definite no";
  EXPECT_EQ(stage.count(Kind::kCaptured), 0u);
}

TEST_P(Modifying, AVoidedAuthorizationCanNoLongerBeCaptured) {
  if (!stage.can.voids || !stage.can.manual_capture) GTEST_SKIP() << "it has no void";
  const Approved held = stage.approved(false);

  const auto voided = stage.provider->void_payment(stage.void_of(held.reference), stage.http).run();
  const auto twice =
      stage.provider->void_payment(stage.void_of(held.reference, "att_void_2"), stage.http).run();

  ASSERT_TRUE(is_accepted(voided));
  EXPECT_TRUE(is_accepted(twice)) << "what was asked is true already";
  EXPECT_EQ(stage.count(Kind::kVoided), 1u);
  EXPECT_FALSE(is_accepted(capture(held, 1200, 0, true, "att_capture")));
  EXPECT_EQ(stage.count(Kind::kCaptured), 0u);
}

TEST_P(Modifying, ACapturedPaymentCannotBeVoided) {
  if (!stage.can.voids || !stage.can.manual_capture) GTEST_SKIP() << "it has no void";
  const Approved held = stage.approved(false);
  ASSERT_TRUE(is_accepted(capture(held, 1200, 0, true, "att_capture")));

  const auto result = stage.provider->void_payment(stage.void_of(held.reference), stage.http).run();

  EXPECT_FALSE(is_accepted(result));
  EXPECT_EQ(stage.count(Kind::kVoided), 0u);
}

TEST_P(Modifying, RefundsReachTheLastUnitAndNotOneMore) {
  if (!stage.can.partial_refunds) GTEST_SKIP() << "it refunds all or nothing";
  const Approved taken = stage.approved(true);

  ASSERT_TRUE(is_accepted(refund(taken, 500, "ref_1")));
  EXPECT_TRUE(is_refused(refund(taken, 701, "ref_2")));
  const auto the_rest = refund(taken, 700, "ref_3");
  ASSERT_TRUE(is_accepted(the_rest));
  EXPECT_FALSE(is_refused(the_rest));
  EXPECT_TRUE(is_refused(refund(taken, 1, "ref_4"))) << "it is a definite no";
  EXPECT_EQ(stage.sum(Kind::kRefunded), stage.money(1200));
}

TEST_P(Modifying, AFullRefundGivesAllBack) {
  if (!stage.can.refunds) GTEST_SKIP() << "it has no refunds";
  const Approved taken = stage.approved(true);

  const auto result = refund(taken, 1200, "ref_1");

  ASSERT_TRUE(is_accepted(result));
  EXPECT_FALSE(std::get<Accepted>(*result).reference.empty());
  EXPECT_EQ(stage.count(Kind::kRefunded, "ref_1"), 1u);
}

TEST_P(Modifying, TheSameKeyTwiceIsOneRefund) {
  if (!stage.can.partial_refunds) GTEST_SKIP() << "it refunds all or nothing";
  const Approved taken = stage.approved(true);

  const auto first = refund(taken, 500, "ref_1");
  const auto second = refund(taken, 500, "ref_1");

  ASSERT_TRUE(is_accepted(first) && is_accepted(second));
  EXPECT_EQ(std::get<Accepted>(*first).reference, std::get<Accepted>(*second).reference);
  EXPECT_EQ(stage.sum(Kind::kRefunded), stage.money(500));
}

TEST_P(Modifying, TheSameKeyTwiceIsOneCaptureAndOneRefund) {
  if (!stage.can.manual_capture || !stage.can.refunds) GTEST_SKIP() << "it has no captures or refunds";
  const Approved held = stage.approved(false);
  const auto first = capture(held, 1200, 0, true, "att_capture");
  const auto second = capture(held, 1200, 0, true, "att_capture");
  ASSERT_TRUE(is_accepted(first) && is_accepted(second));
  Approved taken = held;
  taken.capture_reference = std::get<Accepted>(*first).reference;

  ASSERT_TRUE(is_accepted(refund(taken, 500, "ref_1")) && is_accepted(refund(taken, 500, "ref_1")));

  EXPECT_EQ(std::get<Accepted>(*first).reference, std::get<Accepted>(*second).reference);
  EXPECT_EQ(stage.sum(Kind::kCaptured), stage.money(1200));
  EXPECT_EQ(stage.sum(Kind::kRefunded), stage.money(500));
}

}  // namespace
}  // namespace florin::conformance
