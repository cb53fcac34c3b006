// What the rule calls far above: so many median deviations over the own history, and never without one.
#include "plugins/fraud/amount_outlier/rule.hpp"

#include <gtest/gtest.h>

namespace {
using namespace florin;
using amount_outlier::AmountOutlierRule;

AmountOutlierRule rule(int customer_factor, int merchant_factor) {
  return AmountOutlierRule(Settings(Json{{"min_history", 8},
                                         {"customer_factor", customer_factor},
                                         {"merchant_factor", merchant_factor},
                                         {"score", 50}},
                                    {}));
}

RiskInput input(std::int64_t minor, std::vector<HistoryStats> histories) {
  return {.payment_id = "pay_1",
          .amount = Money(minor, Currency::of("EUR")),
          .method_type = "card",
          .card_country = "",
          .billing_country = "",
          .ip_country = "",
          .windows = {},
          .histories = std::move(histories),
          .now = Instant()};
}

// Twelve payments around 80.00, usually 10.00 off.
const HistoryStats kUsual{12, 80'00, 10'00, 120'00};

TEST(AmountOutlier, AsksOnlyForWhatItCompares) {
  EXPECT_EQ(rule(8, 20).histories().size(), 2U);
  ASSERT_EQ(rule(0, 20).histories().size(), 1U);
  EXPECT_EQ(rule(0, 20).histories()[0].of, Dimension::kMerchant);
  EXPECT_TRUE(rule(0, 0).histories().empty());
}

TEST(AmountOutlier, UpToTheFactorIsSilentAndOneCentMoreIsNot) {
  EXPECT_EQ(rule(8, 0).score(input(160'00, {kUsual}))->score, 0);
  const Signal signal = *rule(8, 0).score(input(160'01, {kUsual}));
  EXPECT_EQ(signal.score, 50);
  EXPECT_EQ(signal.reasons,
            std::vector<std::string>{"160.01 EUR is 8 deviations above the customer's median of 80.00 "
                                     "over 12 payments; up to 8 are usual."});
}

TEST(AmountOutlier, SmallAmountsAreNeverOutliers) {
  EXPECT_EQ(rule(8, 20).score(input(1, {kUsual, kUsual}))->score, 0);
}

TEST(AmountOutlier, AShortHistorySaysNothing) {
  EXPECT_EQ(rule(8, 20).score(input(99'999'00, {{7, 80'00, 10'00, 120'00}, {0, 0, 0, 0}}))->score, 0);
}

TEST(AmountOutlier, WhoAlwaysPaidTheSameMayPayALittleMore) {
  const HistoryStats same{30, 10'00, 0, 10'00};
  EXPECT_EQ(rule(8, 0).score(input(14'00, {same}))->score, 0);
  EXPECT_EQ(rule(8, 0).score(input(14'01, {same}))->score, 50);
}

TEST(AmountOutlier, BothHistoriesAreNamedWhenBothAreLeftFarBehind) {
  const Signal signal = *rule(8, 20).score(input(500'00, {kUsual, kUsual}));
  EXPECT_EQ(signal.score, 50);
  ASSERT_EQ(signal.reasons.size(), 2U);
  EXPECT_NE(signal.reasons[1].find("merchant's median"), std::string::npos);
}

TEST(AmountOutlier, TheLargestAmountsDoNotOverflow) {
  EXPECT_EQ(rule(8, 0).score(input(INT64_MAX, {kUsual}))->score, 50);
  EXPECT_EQ(rule(8, 0).score(input(INT64_MAX, {{12, INT64_MAX, INT64_MAX, INT64_MAX}}))->score, 0);
  EXPECT_EQ(rule(1000, 0).score(input(INT64_MAX, {{12, 1, INT64_MAX / 2, INT64_MAX}}))->score, 0);
}

}  // namespace
