// The breaker and the bulkhead as rules, without sockets: the test moves the clock.
#include "kernel/platform/http_client/lanes.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

using std::chrono::seconds;
using Outcome = Lanes::Outcome;

class HandClock final : public Clock {
 public:
  Instant now() const override { return Instant(time); }
  Duration monotonic() const override { return time; }
  Task<void> sleep(Duration pause) override {
    time += pause;
    co_return;
  }
  Duration time = std::chrono::hours(1);
};

class HttpLanes : public ::testing::Test {
 protected:
  static Route route(const std::string& key, std::int64_t most = 32) {
    Route made;
    made.key = key;
    made.max_in_flight = most;
    return made;
  }
  std::string refusal(const Route& to) {
    const Result<Done> entered = lanes.enter(to);
    return entered ? "" : entered.error().code;
  }
  void exchange(Outcome outcome) {
    ASSERT_EQ(refusal(route("a")), "");
    lanes.leave("a");
    lanes.record("a", outcome, std::chrono::milliseconds(20));
  }
  HandClock clock;
  Lanes lanes{clock, 16};
};

TEST_F(HttpLanes, ARouteTakesItsOwnLimitAndNoMore) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(refusal(route("a", 3)), "");
  EXPECT_EQ(refusal(route("a", 3)), "bulkhead_full");
  lanes.leave("a");
  EXPECT_EQ(refusal(route("a", 3)), "");
}

TEST_F(HttpLanes, HoweverManyRoutesAreSilentTheNextFindsAThread) {
  for (const char* silent : {"a", "b", "c", "d"})
    while (refusal(route(silent)).empty()) {
    }
  EXPECT_LT(lanes.health("a").in_flight + lanes.health("b").in_flight + lanes.health("c").in_flight +
                lanes.health("d").in_flight,
            16);
  EXPECT_EQ(refusal(route("e")), "");
}

TEST_F(HttpLanes, AccountsOfOneFarSideTogetherTakeNoMoreThanHalfOfTheThreads) {
  const auto account = [](int number) {
    Route made = route("merchant-" + std::to_string(number) + "/acme");
    made.hosts = {{"", "https://api.acme.example"}};
    return made;
  };
  int taken = 0;
  for (int number = 0; number < 100; ++number)
    while (refusal(account(number)).empty()) ++taken;
  EXPECT_EQ(taken, 8);
  EXPECT_EQ(refusal(route("b")), "") << "another far side finds a thread";
  lanes.leave("merchant-0/acme");
  EXPECT_EQ(refusal(account(99)), "");
}

TEST_F(HttpLanes, FiveFailuresInARowOpenTheCircuitAndAFullBulkheadDoesNotCount) {
  for (int i = 0; i < 4; ++i) exchange(Outcome::kFailed);
  EXPECT_EQ(refusal(route("a", 0)), "bulkhead_full");
  EXPECT_EQ(lanes.health("a").circuit, Circuit::kClosed);
  exchange(Outcome::kFailed);
  EXPECT_EQ(lanes.health("a").circuit, Circuit::kOpen);
  EXPECT_EQ(refusal(route("a")), "circuit_open");
  EXPECT_EQ(refusal(route("b")), "") << "another route has a circuit of its own";
}

TEST_F(HttpLanes, HalfOfTheLastExchangesFailingOpensItToo) {
  for (int i = 0; i < 9; ++i) {
    exchange(Outcome::kSucceeded);
    exchange(Outcome::kFailed);
  }
  EXPECT_EQ(lanes.health("a").circuit, Circuit::kClosed) << "too few to judge by";
  exchange(Outcome::kSucceeded);
  exchange(Outcome::kFailed);
  EXPECT_EQ(lanes.health("a").circuit, Circuit::kOpen);
}

TEST_F(HttpLanes, AfterThePauseOneExchangeTriesAndItsSuccessClosesTheCircuit) {
  for (int i = 0; i < 5; ++i) exchange(Outcome::kFailed);
  clock.time += Breaker::kPause;
  EXPECT_EQ(lanes.health("a").circuit, Circuit::kHalfOpen);
  EXPECT_EQ(refusal(route("a")), "");
  EXPECT_EQ(refusal(route("a")), "circuit_open") << "one at a time";
  lanes.leave("a");
  lanes.record("a", Outcome::kSucceeded, seconds(1));
  EXPECT_EQ(lanes.health("a").circuit, Circuit::kClosed);
}

TEST_F(HttpLanes, AProbeThatFailsOpensItForAnotherPause) {
  for (int i = 0; i < 5; ++i) exchange(Outcome::kFailed);
  clock.time += Breaker::kPause;
  exchange(Outcome::kFailed);
  EXPECT_EQ(refusal(route("a")), "circuit_open");
  clock.time += Breaker::kPause;
  EXPECT_EQ(refusal(route("a")), "");
}

TEST_F(HttpLanes, AProbeThatWasNotCarriedLeavesTheNextOneToTry) {
  for (int i = 0; i < 5; ++i) exchange(Outcome::kFailed);
  clock.time += Breaker::kPause;
  exchange(Outcome::kNotCarried);
  EXPECT_EQ(refusal(route("a")), "");
}

TEST_F(HttpLanes, FiguresForgetWhatIsOlderThanAMinute) {
  exchange(Outcome::kFailed);
  clock.time += seconds(40);
  exchange(Outcome::kSucceeded);
  EXPECT_EQ(lanes.health("a").recent, 2);
  EXPECT_EQ(lanes.health("a").failed, 1);
  EXPECT_EQ(lanes.health("a").p50, std::chrono::milliseconds(20));
  clock.time += seconds(30);
  EXPECT_EQ(lanes.health("a").recent, 1);
  EXPECT_EQ(lanes.health("a").failed, 0);
}

TEST_F(HttpLanes, ARouteNobodyUsedIsWell) {
  EXPECT_EQ(lanes.health("nobody").circuit, Circuit::kClosed);
  EXPECT_EQ(lanes.health("nobody").recent, 0);
}

}  // namespace
}  // namespace florin
