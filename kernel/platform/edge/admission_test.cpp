// Who is let in by how much waits: as a rule with a hand-moved clock, and at the edge, before the handler runs.
#include "kernel/platform/edge/admission.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "kernel/platform/edge/edge_under_test.hpp"
#include "tests/support/raw_http_client.hpp"

namespace florin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EdgeUnderTest;
using testing::get_request;
using testing::post_request;
using testing::RawAnswer;
using testing::RawHttpClient;

class EdgeAdmission : public ::testing::Test {
 protected:
  bool admits(Urgency urgency = Urgency::kOrdinary) { return admission.admits(urgency, now); }
  bool begin(Urgency urgency = Urgency::kOrdinary, Duration waited = milliseconds(1)) {
    return admission.begun(urgency, waited);
  }
  void flood() {
    waiting = 100;
    for (int each = 0; each < 1000; ++each) EXPECT_FALSE(admits());
    waiting = 0;
  }
  // How many get in one after the other, not all at once, while none is begun.
  int room() {
    int in = 0;
    for (; admits(); now += std::chrono::microseconds(200)) ++in;
    for (int each = 0; each < in; ++each) begin();
    return in;
  }

  std::int64_t waiting = 0;
  Duration now = std::chrono::hours(1);
  Admission admission{100, [this] { return waiting; }};
};

TEST_F(EdgeAdmission, SoManyMayWaitAndNoMore) {
  EXPECT_EQ(room(), 100);
  EXPECT_EQ(admission.shed(), 1);
}

TEST_F(EdgeAdmission, WhatWaitsForTheDatabaseCounts) {
  waiting = 60;
  EXPECT_EQ(room(), 40);
}

TEST_F(EdgeAdmission, ThePlaceOfWhatIsBegunIsFree) {
  for (int each = 0; each < 1000; ++each) {
    ASSERT_TRUE(admits());
    ASSERT_TRUE(begin());
  }
}

TEST_F(EdgeAdmission, AsLongAsCallersAreTurnedAwayTheRoomShrinksToATwentieth) {
  int last = room();
  for (const auto end = now + 10 * Admission::kInterval; now < end;) {
    now += milliseconds(1);
    const int next = room();
    EXPECT_LE(next, last);
    last = next;
  }
  EXPECT_EQ(last, 6);
}

TEST_F(EdgeAdmission, AFloodShrinksItAtOnce) {
  flood();
  EXPECT_LE(room(), 6);
}

TEST_F(EdgeAdmission, ALoopThatLagsLetsNobodyInUntilItHasCaughtUpAndOnlyWhileOthersAreTurnedAway) {
  const Duration slow = Admission::kTurn + milliseconds(1);
  admission.turned(slow, false, now);
  EXPECT_TRUE(admits()) << "a slow moment is no overload";
  now += slow;
  flood();
  admission.turned(Admission::kTurn, false, now);
  EXPECT_TRUE(admits());
  admission.turned(slow, false, now);
  EXPECT_FALSE(admits());
  EXPECT_TRUE(admits(Urgency::kFinishing));
  now += slow;
  EXPECT_TRUE(admits());
  admission.turned(milliseconds(1), true, now);
  EXPECT_FALSE(admits()) << "it has not heard all that there is";
}

TEST_F(EdgeAdmission, AsManyAsThereIsRoomForMayComeAllAtOnce) {
  for (; waiting < 100; ++waiting) ASSERT_TRUE(admits() && begin()) << waiting;
}

TEST_F(EdgeAdmission, MoreThanTheRoomInNoTimeIsAFloodAndSlowlyIsNot) {
  for (; waiting < 100; now += milliseconds(1), ++waiting) ASSERT_TRUE(admits() && begin()) << waiting;
  EXPECT_FALSE(admits());
  waiting = 60;
  EXPECT_TRUE(admits() && begin());
  now += seconds(1);
  waiting = 0;
  ASSERT_TRUE(admits() && begin());
  now += Admission::kBurst;
  waiting = 100;
  EXPECT_FALSE(admits());
  waiting = 10;
  EXPECT_FALSE(admits()) << "the room is at its least";
}

TEST_F(EdgeAdmission, TheRoomIsBackSoonAfterTheLastOneTurnedAway) {
  flood();
  for (const auto end = now + milliseconds(200); now < end; now += milliseconds(10)) {
    ASSERT_TRUE(admits());
    ASSERT_TRUE(begin());
  }
  EXPECT_EQ(room(), 100);
}

TEST_F(EdgeAdmission, AfterAPauseAllTheRoomIsThere) {
  flood();
  now += seconds(1);
  EXPECT_EQ(room(), 100);
}

TEST_F(EdgeAdmission, WhatFinishesSomethingHasTwiceTheRoomAndHealthIsAlwaysTold) {
  flood();
  waiting = 50;
  EXPECT_FALSE(admits());
  EXPECT_TRUE(admits(Urgency::kFinishing));
  waiting = 200;
  EXPECT_FALSE(admits(Urgency::kFinishing));
  EXPECT_TRUE(admits(Urgency::kAlways));
}

TEST_F(EdgeAdmission, WhoWaitedLongForAWorkerIsTurnedAwayOnlyWhileOthersAre) {
  const Duration long_wait = Admission::kWait + milliseconds(1);
  ASSERT_TRUE(admits());
  EXPECT_TRUE(begin(Urgency::kOrdinary, long_wait)) << "a slow moment is no overload";
  ASSERT_TRUE(admits() && admits(Urgency::kFinishing) && admits());
  flood();
  EXPECT_FALSE(begin(Urgency::kOrdinary, long_wait));
  EXPECT_TRUE(begin(Urgency::kFinishing, long_wait));
  EXPECT_TRUE(begin(Urgency::kOrdinary, Admission::kWait));
}

TEST_F(EdgeAdmission, WhoWasLetInBeforeTheFloodDoesNotBeginBehindTooManyOthers) {
  ASSERT_TRUE(admits() && admits());
  flood();
  waiting = 12;
  EXPECT_FALSE(begin());
  waiting = 11;
  EXPECT_TRUE(begin());
}

TEST_F(EdgeAdmission, WithoutALimitNobodyIsTurnedAway) {
  Admission open(0, [] { return 1'000'000; });
  for (int each = 0; each < 1000; ++each) EXPECT_TRUE(open.admits(Urgency::kOrdinary, now));
}

TEST(EdgeOverload, IsTold503AndWhenToComeBackBeforeTheHandlerHasRunAndTheConnectionStays) {
  std::atomic<int> handled{0};
  std::atomic<std::int64_t> backlog{5};
  EdgeOptions options;
  options.limits.requests_waiting = 5;
  options.backlog = [&backlog] { return backlog.load(); };
  options.urgency = [](std::string_view, std::string_view path) {
    return path == "/healthz" ? Urgency::kAlways : Urgency::kOrdinary;
  };
  const EdgeHandler handler = [&handled](const EdgeRequest&) -> Task<EdgeResponse> {
    ++handled;
    co_return EdgeResponse();
  };
  EdgeUnderTest server(handler, options);
  RawHttpClient client(server.port());

  const RawAnswer refused = client.exchange(post_request("/payments", "{}"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.at("Retry-After"), "1");
  EXPECT_NE(refused.body.find(R"("code":"overloaded")"), std::string::npos) << refused.body;
  EXPECT_EQ(handled, 0);
  EXPECT_EQ(server.edge().counts().shed, 1);
  EXPECT_EQ(client.exchange(get_request("/healthz")).status, 200);

  // Often enough that the room has shrunk: they are refused at a glance now.
  for (int each = 0; each < 20; ++each) {
    const RawAnswer again = client.exchange(post_request("/payments", "{}"));
    EXPECT_EQ(again.status, 503);
    EXPECT_EQ(again.headers.at("Retry-After"), "1");
    EXPECT_NE(again.headers.at("Request-Id"), refused.headers.at("Request-Id"));
  }
  EXPECT_EQ(server.edge().counts().shed, 21);
  EXPECT_EQ(client.exchange(get_request("/healthz")).status, 200);
  const RawAnswer piecewise = client.exchange(post_request("/payments", std::string(100'000, ' ')));
  EXPECT_EQ(piecewise.status, 503) << "what does not come in one piece is refused in the ordinary way";

  backlog = 0;
  EXPECT_EQ(client.exchange(post_request("/payments", "{}")).status, 200);
  EXPECT_EQ(handled, 3);
}

}  // namespace
}  // namespace florin
