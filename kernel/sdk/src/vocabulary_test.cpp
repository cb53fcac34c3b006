// The words of the SDK: each has one text, a text leads back to it, and no row of a table is missing.
#include <gtest/gtest.h>

#include <set>

#include <florin/decline.hpp>
#include <florin/fraud_rule.hpp>
#include <florin/plugin.hpp>
#include <florin/sandbox.hpp>

namespace florin {
namespace {

TEST(DeclineReasons, EachHasItsTextHintAndSentence) {
  std::set<std::string_view> texts;
  for (const DeclineReason reason : all_decline_reasons()) {
    EXPECT_EQ(decline_reason_from(to_text(reason)), reason);
    EXPECT_TRUE(payer_message(reason).ends_with('.')) << to_text(reason);
    EXPECT_FALSE(to_text(retry_hint(reason)).empty());
    texts.insert(to_text(reason));
  }
  EXPECT_EQ(texts.size(), static_cast<std::size_t>(DeclineReason::kProviderError) + 1);
  EXPECT_EQ(decline_reason_from("Do_not_honor"), std::nullopt);
  EXPECT_EQ(decline_reason_from(""), std::nullopt);
}

TEST(DeclineReasons, WhatWeDoNotKnowIsNeverRetried) {
  EXPECT_EQ(retry_hint(DeclineReason::kOther), RetryHint::kNever);
  EXPECT_EQ(retry_hint(DeclineReason::kLostOrStolen), RetryHint::kNever);
  EXPECT_EQ(retry_hint(DeclineReason::kSuspectedFraud), RetryHint::kNever);
  EXPECT_EQ(retry_hint(DeclineReason::kAuthenticationRequired), RetryHint::kStepUp);
  EXPECT_EQ(retry_hint(DeclineReason::kInsufficientFunds), RetryHint::kSameProviderLater);
}

TEST(DeclineReasons, AThiefIsToldNothing) {
  EXPECT_EQ(payer_message(DeclineReason::kLostOrStolen), payer_message(DeclineReason::kSuspectedFraud));
}

TEST(Dimensions, ReadBackFromTheirText) {
  for (const std::string_view text : {"card", "customer", "ip", "device", "merchant"}) {
    const auto dimension = dimension_from(text);
    ASSERT_TRUE(dimension) << text;
    EXPECT_EQ(to_text(*dimension), text);
  }
  EXPECT_FALSE(dimension_from("country"));
}

TEST(Words, OfPluginsAndBooks) {
  EXPECT_EQ(to_text(PluginKind::kFraudRule), "fraud_rule");
  EXPECT_EQ(to_text(CardInput::kNetworkToken), "network_token");
  EXPECT_EQ(to_text(BookEntry::Kind::kVoided), "voided");
}

TEST(Books, NameObjectsByACounterSoThatARunCanBeRepeated) {
  Books books, again;
  EXPECT_EQ(books.next("pi"), "pi_1");
  EXPECT_EQ(books.next("re"), "re_2");
  EXPECT_EQ(again.next("pi"), "pi_1");
}

}  // namespace
}  // namespace florin
