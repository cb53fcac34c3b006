// Who is let in, and when: the rule by itself, with a clock moved by hand.
#include "kernel/platform/edge/admission.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace florin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Callers, a machine that serves them when the test says so, and a clock moved by hand.
class EdgeAdmission : public ::testing::Test {
 protected:
  // What has become of one caller.
  enum class Fate { kWaits, kBegan, kTurnedAway };
  struct Guest final : Admission::Caller {
    Guest(EdgeAdmission& of, std::size_t number) : test(of), index(number) {}
    bool begin() override {
      test.fates[index] = Fate::kBegan;
      ++test.unbegun;
      return true;
    }
    void turn_away() override { test.fates[index] = Fate::kTurnedAway; }
    EdgeAdmission& test;
    const std::size_t index;
  };

  Fate ask(Urgency urgency = Urgency::kOrdinary) {
    const std::size_t index = fates.size();
    fates.push_back(Fate::kWaits);
    admission.ask(std::make_unique<Guest>(*this, index), urgency, now);
    return fates[index];
  }
  void ask(int times) {
    for (int each = 0; each < times; ++each) ask();
  }
  std::int64_t count(Fate fate) const { return std::count(fates.begin(), fates.end(), fate); }
  // Workers take who has begun, and who begins thereby; all of them wait for the database then.
  void work() {
    while (unbegun > 0) {
      --unbegun;
      ++waiting;
      admission.begun(now);
    }
  }
  // The database and the workers are done with so many, and `took` has passed.
  void finish(std::int64_t many, Duration took = Duration(0)) {
    now += took;
    for (many = std::min(many, waiting); many > 0; --many) {
      --waiting;
      admission.done(now);
    }
    work();
  }
  void overload() {
    ask(2000);
    ASSERT_TRUE(admission.overloaded());
    work();
    finish(waiting);
    fates.clear();
  }

  std::vector<Fate> fates;
  std::int64_t unbegun = 0, waiting = 0;  // For a worker; for the database.
  Duration now = std::chrono::hours(1);
  Admission admission{640, [this] { return waiting; }};
};

TEST_F(EdgeAdmission, WhoComesAloneBegins) {
  for (int each = 0; each < 1000; ++each) {
    ASSERT_EQ(ask(), Fate::kBegan);
    work();
    finish(1, milliseconds(1));
  }
}

TEST_F(EdgeAdmission, AsManyAsMayWaitAreServedHoweverManyComeAtOnce) {
  ask(640);
  work();
  EXPECT_LE(waiting, Admission::kLeast) << "the others stand in line";
  for (int each = 0; each < 640; ++each) finish(1, milliseconds(1));
  EXPECT_EQ(count(Fate::kBegan), 640);
  EXPECT_EQ(admission.shed(), 0);
}

TEST_F(EdgeAdmission, ThoseInLineBeginInTheOrderInWhichTheyCame) {
  ask(200);
  work();
  finish(10, milliseconds(1));
  const auto first_who_waits = std::find(fates.begin(), fates.end(), Fate::kWaits);
  EXPECT_NE(first_who_waits, fates.end());
  EXPECT_EQ(std::count(first_who_waits, fates.end(), Fate::kBegan), 0);
}

// Six hundred connections that each come back when they have been answered, at a database of 4,000 a second.
TEST_F(EdgeAdmission, ACrowdThatComesBackAgainAndAgainIsSoonUnderWayAsAWhole) {
  ask(600);
  work();
  for (const auto end = now + seconds(1); now < end; ask(40), work()) finish(40, milliseconds(10));
  EXPECT_EQ(waiting, 600);
  EXPECT_EQ(admission.shed(), 0);
}

TEST_F(EdgeAdmission, OneMoreThanMayWaitIsAnOverloadAndWhoStandsInLineIsTurnedAwayWithIt) {
  ask(640);
  work();
  EXPECT_EQ(ask(), Fate::kTurnedAway);
  EXPECT_TRUE(admission.overloaded());
  EXPECT_EQ(count(Fate::kBegan), Admission::kLeast);
  EXPECT_EQ(count(Fate::kTurnedAway), 641 - Admission::kLeast);
  EXPECT_EQ(admission.shed(), 641 - Admission::kLeast);
}

// Ten times what can be done, by the clock, on databases that are fast and slow.
TEST_F(EdgeAdmission, InAnOverloadAsManyAreUnderWayAsAreDoneInItsTimeWhateverTheDatabase) {
  for (const int per_ms : {2, 4, 20}) {
    overload();
    const auto known = now + 3 * Admission::kCount;  // How fast it goes.
    for (const auto end = now + seconds(1); now < end; finish(per_ms, milliseconds(1))) {
      ask(10 * per_ms);
      work();
      const std::int64_t most = std::max<std::int64_t>(Admission::kLeast, per_ms * Admission::kTime / milliseconds(1));
      ASSERT_LE(waiting, now < known ? most + Admission::kLeast : most) << per_ms;
      ASSERT_EQ(count(Fate::kWaits), 0) << "nobody stands in line";
    }
    EXPECT_GE(count(Fate::kBegan), 1000 * per_ms - Admission::kLeast) << "and all is done that can be";
    finish(waiting, seconds(1));
  }
}

TEST_F(EdgeAdmission, AnOverloadIsOverSoonAfterTheLastWhoWasTurnedAway) {
  overload();
  ask(100);
  EXPECT_GT(count(Fate::kTurnedAway), 0);
  work();
  now += Admission::kCalm;
  fates.clear();
  ask(500);
  EXPECT_EQ(count(Fate::kTurnedAway), 0);
  EXPECT_FALSE(admission.overloaded());
}

TEST_F(EdgeAdmission, AnOverloadIsOverAlsoWhenNobodyComesAnyMore) {
  overload();
  admission.advance(now);
  EXPECT_TRUE(admission.overloaded());
  admission.advance(now + Admission::kCalm);
  EXPECT_FALSE(admission.overloaded());
}

TEST_F(EdgeAdmission, HalfOfWhatCanBeDoneIsServedAtOnceAfterAnOverload) {
  overload();
  for (const auto end = now + seconds(1); now < end; finish(4, milliseconds(1))) {
    ask(2);
    work();
  }
  EXPECT_EQ(count(Fate::kBegan), 2000);
}

TEST_F(EdgeAdmission, NobodyBeginsWhileALoopIsBehindAndTheyDoWhenItHasCaughtUp) {
  admission.loop_is_behind(true);
  EXPECT_EQ(ask(), Fate::kWaits);
  EXPECT_EQ(ask(Urgency::kFinishing), Fate::kBegan);
  admission.loop_is_behind(false);
  admission.advance(now);
  EXPECT_EQ(fates.front(), Fate::kBegan);
  work();
  finish(2);
  overload();
  admission.loop_is_behind(true);
  EXPECT_EQ(ask(), Fate::kTurnedAway);
}

TEST_F(EdgeAdmission, WhatFinishesSomethingWaitsForNoLineAndHealthIsAlwaysTold) {
  overload();
  waiting = 1279;
  EXPECT_EQ(ask(), Fate::kTurnedAway);
  EXPECT_EQ(ask(Urgency::kFinishing), Fate::kBegan);
  waiting = 1280;
  EXPECT_EQ(ask(Urgency::kFinishing), Fate::kTurnedAway);
  EXPECT_EQ(ask(Urgency::kAlways), Fate::kBegan);
}

TEST_F(EdgeAdmission, WhoWouldBeTurnedAwayNeedNotEvenAsk) {
  EXPECT_FALSE(admission.turns_away(Urgency::kOrdinary, now));
  ask(2000);
  const std::int64_t before = admission.shed();
  EXPECT_TRUE(admission.turns_away(Urgency::kOrdinary, now));
  EXPECT_FALSE(admission.turns_away(Urgency::kFinishing, now));
  EXPECT_EQ(admission.shed(), before + 1);
}

TEST_F(EdgeAdmission, WithoutALimitNobodyIsTurnedAway) {
  Admission open(0, [] { return 1'000'000; });
  fates.resize(1000, Fate::kWaits);
  for (std::size_t each = 0; each < fates.size(); ++each) open.ask(std::make_unique<Guest>(*this, each), Urgency::kOrdinary, now);
  EXPECT_EQ(count(Fate::kBegan), 1000);
}

}  // namespace
}  // namespace florin
