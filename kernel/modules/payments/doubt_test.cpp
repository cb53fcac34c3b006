// What a look-up's answer means for the operation in doubt: the meaning is the same for whoever asked.
#include "kernel/modules/payments/doubt.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

TEST(Doubt, WhatTheProviderHoldsIsAdoptedAsTheOperationsOwnAnswer) {
  const auto taken = known_outcome(AuthorizationLookup(Approved{"pi_1", true, "ch_1"}), kHoldsNothing);
  ASSERT_TRUE(taken && *taken);
  EXPECT_EQ(std::get<Approved>(**taken).reference, "pi_1");

  const auto refused = known_outcome(AuthorizationLookup(Declined{DeclineReason::kCardExpired, "54", ""}), kHoldsNothing);
  ASSERT_TRUE(refused && *refused);
  EXPECT_EQ(std::get<Declined>(**refused).provider_code, "54");

  const auto captured = known_outcome(ModificationLookup(Accepted{"ch_2"}), kNotDone);
  ASSERT_TRUE(captured && *captured);
  EXPECT_EQ(std::get<Accepted>(**captured).reference, "ch_2");
}

TEST(Doubt, OnlyTheProofThatNothingIsThereIsANo) {
  const auto nothing = known_outcome(AuthorizationLookup(NotFound{}), kHoldsNothing);
  ASSERT_TRUE(nothing.has_value());
  ASSERT_FALSE(*nothing);
  EXPECT_EQ(nothing->error().kind, Error::Kind::kTimedOut);
  EXPECT_EQ(nothing->error().message, "no answer came, and the provider proves to hold nothing");

  EXPECT_FALSE(known_outcome(AuthorizationLookup(InDoubt{"busy", ""}), kHoldsNothing).has_value());
  EXPECT_FALSE(known_outcome(ModificationLookup(InDoubt{"busy", ""}), kNotDone).has_value());
}

}  // namespace
}  // namespace florin
