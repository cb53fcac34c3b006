// What the velocity rule says: nothing up to the limit, a score and a sentence with figures above it.
#include "plugins/fraud/velocity/rule.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace {
using namespace florin;
using namespace std::chrono_literals;
using velocity::VelocityRule;

VelocityRule rule(Json windows) { return VelocityRule(Settings(Json{{"windows", std::move(windows)}}, {})); }

RiskInput input(std::vector<WindowCount> windows, Money amount = Money(1000, Currency::of("EUR"))) {
  return {.payment_id = "pay_1",
          .amount = amount,
          .method_type = "card",
          .card_country = "",
          .billing_country = "",
          .ip_country = "",
          .windows = std::move(windows),
          .histories = {},
          .now = Instant()};
}

TEST(Velocity, AsksForItsWindowsInOrder) {
  const auto windows = rule({{{"by", "card"}, {"within", "10m"}, {"max_count", 5}},
                             {{"by", "merchant"}, {"within", "31d"}, {"max_count", 5}},
                             {{"by", "ip"}, {"within", "90s"}, {"max_count", 5}},
                             {{"by", "device"}, {"within", "2h"}, {"max_count", 5}}})
                           .windows();
  ASSERT_EQ(windows.size(), 4U);
  EXPECT_EQ(windows[0].by, Dimension::kCard);
  EXPECT_EQ(windows[0].within, 10min);
  EXPECT_EQ(windows[1].within, 31 * 24h);
  EXPECT_EQ(windows[2].within, 90s);
  EXPECT_EQ(windows[3].within, 2h);
}

TEST(Velocity, UpToTheLimitIsSilentAndOneMoreIsNot) {
  const VelocityRule five = rule({{{"by", "card"}, {"within", "10m"}, {"max_count", 5}}});
  EXPECT_EQ(five.score(input({{true, 5, 0, 0}}))->score, 0);
  EXPECT_TRUE(five.score(input({{true, 5, 0, 0}}))->reasons.empty());
  const Signal signal = *five.score(input({{true, 6, 0, 0}}));
  EXPECT_EQ(signal.score, 80) << "the default";
  EXPECT_EQ(signal.reasons,
            std::vector<std::string>{"6 payments with the same card within 10m; the limit is 5."});
}

TEST(Velocity, CountsDeclinesApart) {
  const VelocityRule none = rule({{{"by", "ip"}, {"within", "1h"}, {"max_declined", 0}, {"score", 95}}});
  EXPECT_EQ(none.score(input({{true, 100, 0, 0}}))->score, 0);
  const Signal signal = *none.score(input({{true, 100, 1, 0}}));
  EXPECT_EQ(signal.score, 95);
  EXPECT_EQ(signal.reasons.at(0), "1 declined payment from the same address within 1h; the limit is 0.");
}

TEST(Velocity, SumsAreInThePaymentsCurrency) {
  const VelocityRule sum = rule({{{"by", "customer"}, {"within", "1d"}, {"max_sum", "500.50"}}});
  EXPECT_EQ(sum.score(input({{true, 1, 0, 500'50}}))->score, 0);
  EXPECT_EQ(sum.score(input({{true, 1, 0, 500'51}}))->reasons.at(0),
            "500.51 EUR by the same customer within 1d; the limit is 500.50.");
  const Money yen(1, Currency::of("JPY")), dinar(1, Currency::of("KWD"));
  EXPECT_EQ(sum.score(input({{true, 1, 0, 500}}, yen))->score, 0);
  EXPECT_EQ(sum.score(input({{true, 1, 0, 501}}, yen))->score, 80);
  EXPECT_EQ(sum.score(input({{true, 1, 0, 500'500}}, dinar))->score, 0);
  EXPECT_EQ(sum.score(input({{true, 1, 0, 500'501}}, dinar))->score, 80);
}

TEST(Velocity, ALimitBeyondAllAmountsIsNone) {
  const VelocityRule sum = rule({{{"by", "customer"}, {"within", "1d"}, {"max_sum", "999999999999999"}}});
  const Money ether(1, Currency::of("ETH"));
  EXPECT_EQ(sum.score(input({{true, 1, 0, INT64_MAX}}, ether))->score, 0);
}

TEST(Velocity, APaymentWithoutSuchAThingPasses) {
  const VelocityRule strict = rule({{{"by", "device"}, {"within", "10m"}, {"max_count", 0}}});
  EXPECT_EQ(strict.score(input({{false, 0, 0, 0}}))->score, 0);
}

TEST(Velocity, OfSeveralExceededWindowsTheHighestScoreCountsAndEachIsNamed) {
  const VelocityRule two =
      rule({{{"by", "card"}, {"within", "1m"}, {"max_count", 1}, {"max_sum", "1.00"}, {"score", 40}},
            {{"by", "ip"}, {"within", "1h"}, {"max_count", 1}, {"score", 90}}});
  const Signal signal = *two.score(input({{true, 2, 0, 200}, {true, 2, 0, 0}}));
  EXPECT_EQ(signal.score, 90);
  EXPECT_EQ(signal.reasons.size(), 3U);
  EXPECT_EQ(two.score(input({{true, 2, 0, 0}, {true, 1, 0, 0}}))->score, 40);
}

TEST(Velocity, AWindowThatIsNoneIsRefusedWithASentence) {
  for (const char* within : {"32d", "745h", "0s", "10", "m", "1w", "9999999d", "-1m", ""}) {
    try {
      rule({{{"by", "card"}, {"within", within}, {"max_count", 1}}});
      ADD_FAILURE() << within;
    } catch (const std::invalid_argument& error) {
      EXPECT_NE(std::string(error.what()).find("at most 31d"), std::string::npos);
    }
  }
}

}  // namespace
