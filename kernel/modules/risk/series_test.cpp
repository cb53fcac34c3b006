// How tries are counted in sliding windows.
#include "kernel/modules/risk/series.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

using namespace std::chrono_literals;
const Currency kEuro = Currency::of("EUR");
Instant at(std::chrono::seconds seconds) { return Instant(std::chrono::hours(24 * 20'000) + seconds); }
Money euro(std::int64_t minor) { return {minor, kEuro}; }

TEST(RiskSeries, ATryLeavesTheWindowWhenItIsExactlyAsOldAsTheWindowIsLong) {
  Series series;
  series.keep_for(60s);
  series.add(at(0s), euro(100), TryOutcome::kAccepted);

  EXPECT_EQ(series.count(10s, kEuro, at(9s)).count, 1);
  EXPECT_EQ(series.count(10s, kEuro, at(10s)).count, 0);
}

TEST(RiskSeries, ADeclinedTryCountsAsATryAndNotInTheSum) {
  Series series;
  series.keep_for(60s);
  const std::int64_t second = series.add(at(0s), euro(100), TryOutcome::kPending);
  EXPECT_EQ(series.count(60s, kEuro, at(1s)).sum_minor, 100) << "while it is pending it counts in full";

  series.settle(second, euro(100), TryOutcome::kDeclined);

  const WindowCount count = series.count(60s, kEuro, at(1s));
  EXPECT_EQ(count.count, 1);
  EXPECT_EQ(count.declined, 1);
  EXPECT_EQ(count.sum_minor, 0);
}

TEST(RiskSeries, ATryThatNeverBecameOneIsNotCounted) {
  Series series;
  series.keep_for(60s);
  const std::int64_t second = series.add(at(0s), euro(100), TryOutcome::kPending);
  series.settle(second, euro(100), TryOutcome::kDropped);
  EXPECT_EQ(series.count(60s, kEuro, at(1s)).count, 0);
}

TEST(RiskSeries, WindowsOfDifferentLengthsSlideApart) {
  Series series;
  series.keep_for(60s);
  for (int i = 0; i < 100; ++i) series.add(at(std::chrono::seconds(i)), euro(1), TryOutcome::kAccepted);
  EXPECT_EQ(series.count(10s, kEuro, at(99s)).count, 10);
  EXPECT_EQ(series.count(50s, kEuro, at(99s)).count, 50);
  EXPECT_EQ(series.count(10s, kEuro, at(104s)).count, 5);
  EXPECT_EQ(series.count(50s, kEuro, at(104s)).count, 45);
}

TEST(RiskSeries, AClockThatJumpsBackLosesNoTry) {
  Series series;
  series.keep_for(60s);
  series.add(at(100s), euro(1), TryOutcome::kAccepted);
  series.add(at(5s), euro(1), TryOutcome::kAccepted);
  EXPECT_EQ(series.count(10s, kEuro, at(100s)).count, 2);
}

TEST(RiskSeries, SumsOfCurrenciesAreNeverMixed) {
  Series series;
  series.keep_for(60s);
  series.add(at(0s), euro(100), TryOutcome::kAccepted);
  series.add(at(0s), Money(7, Currency::of("JPY")), TryOutcome::kAccepted);
  EXPECT_EQ(series.count(60s, kEuro, at(1s)).sum_minor, 100);
  EXPECT_EQ(series.count(60s, Currency::of("JPY"), at(1s)).sum_minor, 7);
}

TEST(RiskSeries, HistoryHasMedianAndSpreadOfItsOwnCurrency) {
  Series series;
  series.keep_for(60s);
  for (const std::int64_t amount : {10, 20, 30, 40, 1000}) series.add_history(euro(amount));
  series.add_history(Money(5, Currency::of("JPY")));

  const HistoryStats stats = series.history(kEuro);
  EXPECT_EQ(stats.count, 5);
  EXPECT_EQ(stats.median_minor, 30);
  EXPECT_EQ(stats.mad_minor, 10);
  EXPECT_EQ(stats.max_minor, 1000);
}

TEST(RiskSeries, ASumSaturatesInsteadOfOverflowing) {
  Series series;
  series.keep_for(60s);
  series.add(at(0s), euro(INT64_MAX), TryOutcome::kAccepted);
  series.add(at(0s), euro(INT64_MAX), TryOutcome::kAccepted);
  EXPECT_EQ(series.count(60s, kEuro, at(1s)).sum_minor, INT64_MAX);
}

}  // namespace
}  // namespace florin
