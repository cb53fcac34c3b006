// What the load generator counts with and sends: a mistake here would be a mistake in every figure.
#include <gtest/gtest.h>

#include "tests/load/latencies.hpp"
#include "tests/load/request_text.hpp"

namespace florin::load {
namespace {

TEST(LoadLatencies, PercentilesAreAtMostASixtyFourthTooLong) {
  for (const std::int64_t longest : {100, 10'000, 1'000'000, 100'000'000}) {
    Latencies latencies;
    for (std::int64_t each = 1; each <= 100; ++each) latencies.add(longest * each / 100);
    for (const std::int64_t per_cent : {1, 50, 98}) {
      const auto exact = static_cast<double>(longest * (per_cent + 1) / 100);
      EXPECT_GE(static_cast<double>(latencies.at(per_cent)), exact);
      EXPECT_LE(static_cast<double>(latencies.at(per_cent)), exact * (1 + 1.0 / 64));
    }
    EXPECT_EQ(latencies.at(100), static_cast<std::uint64_t>(longest));
    EXPECT_EQ(latencies.longest(), static_cast<std::uint64_t>(longest));
  }
}

TEST(LoadLatencies, WithoutAnswersThereIsNothing) {
  EXPECT_EQ(Latencies().count(), 0);
  EXPECT_EQ(Latencies().at(99), 0U);
}

TEST(LoadRequestText, OnlyNumberAndAmountDifferAndTheLengthHolds) {
  RequestText text("/api/v1/payments", "sk_test_x", "7", R"({"amount":@,"currency":"EUR"})");
  const std::string first(text.of(0, 1000)), second(text.of(12'345, 9));
  EXPECT_EQ(first.size(), second.size());
  EXPECT_NE(first.find("Idempotency-Key: open-7-0000000000\r\n"), std::string::npos) << first;
  EXPECT_NE(second.find("Idempotency-Key: open-7-0000012345\r\n"), std::string::npos) << second;
  const std::string body = R"({"amount":         9,"currency":"EUR"})";
  EXPECT_TRUE(second.ends_with("\r\n\r\n" + body)) << second;
  EXPECT_NE(second.find("\r\nContent-Length: " + std::to_string(body.size()) + "\r\n"), std::string::npos) << second;
}

}  // namespace
}  // namespace florin::load
