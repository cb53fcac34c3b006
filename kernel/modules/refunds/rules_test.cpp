// Which captures a refund is taken from, and what its parts say of it.
#include "kernel/modules/refunds/rules.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

const Currency kEuro = Currency::of("EUR");
Money euro(std::int64_t minor) { return {minor, kEuro}; }

using Amounts = std::vector<std::pair<std::string, std::int64_t>>;
Amounts split(std::vector<CaptureLeft> captures, std::int64_t asked) {
  Amounts amounts;
  const auto parts = split_refund(std::move(captures), euro(asked));
  if (!parts) return {{parts.error().code, -1}};
  for (const RefundPart& part : *parts) amounts.emplace_back(part.capture_reference, part.amount.minor());
  return amounts;
}
RefundPart part(std::int64_t minor, const std::string& capture, PartState state) {
  RefundPart made{1, euro(minor), capture};
  made.state = state;
  return made;
}
RefundStatus status(std::initializer_list<PartState> states) {
  std::vector<RefundPart> parts;
  for (const PartState state : states) parts.push_back(part(1, "a", state));
  return status_of(parts);
}

TEST(RefundSplit, OneCaptureThatHasAsMuchIsTheOnlyPart) {
  EXPECT_EQ(split({{"a", euro(5)}, {"b", euro(10)}}, 10), (Amounts{{"b", 10}}));
  EXPECT_EQ(split({{"a", euro(5)}, {"b", euro(10)}}, 3), (Amounts{{"a", 3}}));
}

TEST(RefundSplit, MoreThanAnyCaptureHasComesFromTheFullestFirst) {
  EXPECT_EQ(split({{"a", euro(10)}, {"b", euro(10)}, {"c", euro(80)}}, 85), (Amounts{{"c", 80}, {"a", 5}}));
}

TEST(RefundSplit, EverythingIsTheSumOfAllCaptures) {
  EXPECT_EQ(split({{"a", euro(1)}, {"b", euro(2)}, {"c", euro(0)}}, 3), (Amounts{{"b", 2}, {"a", 1}}));
}

TEST(RefundSplit, OneUnitMoreThanAllTogetherIsRefused) {
  EXPECT_EQ(split({{"a", euro(1)}, {"b", euro(2)}}, 4), (Amounts{{"amount_too_large", -1}}));
}

TEST(RefundSplit, WhatIsGivenBackOrUnderWayIsLeftNoMore) {
  const auto left = what_is_left({{"a", euro(10)}, {"b", euro(10)}},
                                 {part(4, "a", PartState::kSucceeded), part(3, "a", PartState::kPlanned),
                                  part(2, "b", PartState::kSending), part(1, "b", PartState::kPending)});
  EXPECT_EQ(left.at(0).left, euro(3));
  EXPECT_EQ(left.at(1).left, euro(7));
}

TEST(RefundSplit, WhatFailedOrWasNeverBegunIsLeftAgain) {
  const auto left = what_is_left({{"a", euro(10)}}, {part(4, "a", PartState::kFailed), part(3, "a", PartState::kDropped)});
  EXPECT_EQ(left.at(0).left, euro(10));
}

TEST(RefundSplit, CapturesOfOneNameCountAsOne) {
  const auto left = what_is_left({{"ch_1", euro(10)}, {"ch_1", euro(5)}}, {part(12, "ch_1", PartState::kSucceeded)});
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left.at(0).left, euro(3));
}

TEST(RefundStatusOfParts, IsPendingWhileAnyPartIsOpen) {
  using enum PartState;
  for (const PartState open : {kPlanned, kSending, kPending}) {
    EXPECT_EQ(status({kSucceeded, open}), RefundStatus::kPending) << to_text(open);
    EXPECT_EQ(status({kFailed, open}), RefundStatus::kPending) << to_text(open);
  }
}

TEST(RefundStatusOfParts, TellsWholeSomeAndNothingApart) {
  using enum PartState;
  EXPECT_EQ(status({kSucceeded, kSucceeded}), RefundStatus::kSucceeded);
  EXPECT_EQ(status({kSucceeded, kFailed}), RefundStatus::kPartiallySucceeded);
  EXPECT_EQ(status({kSucceeded, kDropped}), RefundStatus::kPartiallySucceeded);
  EXPECT_EQ(status({kFailed, kDropped}), RefundStatus::kFailed);
}

TEST(RefundTriedAnew, OnlyAfterAProofAndWhenMoneyHasGoneBackAndNotForEver) {
  const Error absent{Error::Kind::kTimedOut, "", "", ""}, refused{Error::Kind::kDenied, "", "", ""};
  Refund refund{"ref_1", "shop", "pay_1", euro(2)};
  refund.parts = {part(1, "a", PartState::kSucceeded), part(1, "b", PartState::kSending)};
  RefundPart& second = refund.parts.back();
  second.tries = 1;
  EXPECT_TRUE(tried_anew(refund, second, absent));
  EXPECT_FALSE(tried_anew(refund, second, refused));
  second.tries = 3;
  EXPECT_FALSE(tried_anew(refund, second, absent));
  second.tries = 1;
  refund.parts.front().state = PartState::kFailed;
  EXPECT_FALSE(tried_anew(refund, second, absent)) << "nothing has moved: its caller decides";
}

}  // namespace
}  // namespace florin
