// What a live client is told, and when it is sent away.
#include <gtest/gtest.h>

#include "kernel/platform/live/live_fixture.hpp"

namespace florin {
namespace {

using namespace florin::testing;
using Seqs = std::vector<std::int64_t>;

const std::string kLisbon = "/ws/merchant/lisbon";

TEST(Live, AClientAuthenticatesSubscribesAndHearsWhatHappens) {
  LiveFixture live;
  auto peer = live.join(kLisbon, "merchant:lisbon", subscribe_to("*"));

  live.happen("lisbon");

  EXPECT_EQ(peer->types(), "authenticated subscribed event");
  EXPECT_EQ(text_at(peer->last(), "event.type"), "payment.succeeded");
  EXPECT_EQ(integer_at(peer->last(), "seq"), 1);
  EXPECT_EQ(live.hub->subscribers(), 1);
}

TEST(Live, WhoDoesNotAuthenticateWithinFiveSecondsIsClosed) {
  LiveFixture live;
  auto peer = live.open(kLisbon);
  live.executor.run_until_idle();

  for (int i = 0; i < 9; ++i) {
    live.clock.advance(std::chrono::milliseconds(500));
    live.executor.run_until_idle();
  }
  EXPECT_EQ(peer->close_code, 0);
  live.clock.advance(std::chrono::milliseconds(500));
  live.executor.run_until_idle();

  EXPECT_EQ(peer->close_code, 4401);
}

TEST(Live, ATokenThatOpensNothingIsClosedWith4401) {
  LiveFixture live;
  EXPECT_EQ(live.join(kLisbon, "nonsense")->close_code, 4401);
  EXPECT_EQ(live.join("/ws/admin/all", "merchant:lisbon")->close_code, 4401);
}

TEST(Live, AnythingBeforeAuthIsClosedWith4401) {
  LiveFixture live;
  auto peer = live.open(kLisbon);

  live.say(peer, subscribe_to("*"));

  EXPECT_EQ(peer->close_code, 4401);
}

TEST(Live, OneMerchantNeverSeesAnother) {
  LiveFixture live;
  live.backend.commit("tokyo");
  auto peer = live.join(kLisbon, "merchant:lisbon", subscribe_to("*", 0));

  live.happen("tokyo");
  live.happen("lisbon");

  EXPECT_EQ(peer->seqs(), Seqs({1}));
}

TEST(Live, APaymentsSecretOpensThatPaymentAlone) {
  LiveFixture live;
  live.backend.commit("lisbon", "payment.created", "pay_1");
  live.backend.commit("lisbon", "payment.created", "pay_2");
  auto peer = live.join("/ws/payments/pay_2", "payment:lisbon:pay_2", subscribe_to("*", 0));

  live.happen("lisbon", "payment.succeeded", "pay_1");
  live.happen("lisbon", "payment.succeeded", "pay_2");
  live.happen("lisbon", "customer.created", "");

  EXPECT_EQ(peer->seqs(), Seqs({2, 4}));
}

TEST(Live, OperatorsSeeAllMerchantsByPositionOrOne) {
  LiveFixture live;
  auto all = live.join("/ws/admin/all", "admin:", subscribe_to("*"));
  auto one = live.join("/ws/admin/tokyo", "admin:tokyo", subscribe_to("*"));

  live.happen("lisbon");
  live.happen("tokyo");
  live.happen("lisbon");

  EXPECT_EQ(all->seqs(), Seqs({1, 2, 3}));
  EXPECT_EQ(one->seqs(), Seqs({2}));
}

TEST(Live, TopicsChooseTheObjectsOfTheEvents) {
  LiveFixture live;
  auto refunds =
      live.join(kLisbon, "merchant:lisbon", R"({"type":"subscribe","topics":["refunds","dispute.*"]})");

  live.happen("lisbon", "payment.succeeded");
  live.happen("lisbon", "refund.created");
  live.happen("lisbon", "dispute.opened");

  EXPECT_EQ(refunds->seqs(), Seqs({2, 3}));
}

TEST(Live, SinceReplaysAndThenGoesOnLive) {
  LiveFixture live;
  for (int i = 0; i < 250; ++i) live.backend.commit("lisbon");
  auto peer = live.join(kLisbon, "merchant:lisbon", subscribe_to("*", 40));

  live.happen("lisbon");

  ASSERT_EQ(peer->seqs().size(), 211u);
  EXPECT_EQ(peer->seqs().front(), 41);
  EXPECT_EQ(peer->seqs().back(), 251);
  EXPECT_EQ(integer_at(*parse_json(*peer->frames[1]), "seq"), 40);
}

TEST(Live, SinceMayComeWithAuth) {
  LiveFixture live;
  for (int i = 0; i < 5; ++i) live.backend.commit("lisbon");
  auto peer = live.open(kLisbon);

  live.say(peer, R"({"type":"auth","token":"merchant:lisbon","since":3})");
  live.say(peer, subscribe_to("*"));
  live.executor.run_until_idle();

  EXPECT_EQ(peer->seqs(), Seqs({4, 5}));
}

TEST(Live, WithoutSinceAClientStartsAtTheLastEventAlsoAfterARestart) {
  for (const int past : {0, 1, 2, 3, 7, 8, 9, 100, 257}) {
    LiveFixture live;  // Its hub has published nothing yet.
    for (int i = 0; i < past; ++i) live.backend.commit("lisbon");
    auto peer = live.join(kLisbon, "merchant:lisbon", subscribe_to("*"));

    EXPECT_EQ(integer_at(peer->last(), "seq"), past);
    live.happen("lisbon");
    EXPECT_EQ(peer->seqs(), Seqs({past + 1}));
    EXPECT_LT(live.backend.reads, 40);
  }
}

TEST(Live, ChangingTopicsLosesAndDoublesNothing) {
  LiveFixture live;
  auto peer = live.join(kLisbon, "merchant:lisbon", subscribe_to("payments"));
  live.happen("lisbon");

  live.say(peer, subscribe_to("*"));
  live.hub->publish({live.backend.commit("lisbon")});
  live.executor.run_until_idle();
  live.happen("lisbon", "refund.created");

  EXPECT_EQ(peer->seqs(), Seqs({1, 2, 3}));
}

TEST(Live, AfterUnsubscribeNothingComes) {
  LiveFixture live;
  auto peer = live.join(kLisbon, "merchant:lisbon", subscribe_to("*"));

  live.say(peer, R"({"type":"unsubscribe"})");
  live.happen("lisbon");

  EXPECT_EQ(peer->types(), "authenticated subscribed unsubscribed");
  EXPECT_EQ(live.hub->subscribers(), 0);
}

TEST(Live, PingIsAnsweredAndNonsenseExplainedUntilItIsTooMuch) {
  LiveFixture live;
  auto peer = live.join(kLisbon, "merchant:lisbon");

  live.say(peer, R"({"type":"ping"})");
  EXPECT_EQ(peer->types(), "authenticated pong");
  live.say(peer, "{");
  EXPECT_EQ(text_at(peer->last(), "error.code"), "bad_message");
  live.say(peer, R"({"type":"subscribe","topics":[]})");
  EXPECT_EQ(text_at(peer->last(), "error.code"), "bad_topics");
  live.say(peer, R"({"type":"subscribe","topics":["*"],"since":-1})");
  EXPECT_EQ(text_at(peer->last(), "error.code"), "bad_since");
  for (int i = 0; i < 10; ++i) live.say(peer, "[]");
  EXPECT_EQ(peer->close_code, 4400);
}

TEST(Live, ASlowClientIsToldToResyncAndMissesNothingWhenItDoes) {
  LiveFixture live;
  auto peer = live.join(kLisbon, "merchant:lisbon", subscribe_to("*"));
  live.happen("lisbon");
  peer->stuck = true;
  peer->queued = 600 * 1024;

  live.happen("lisbon");
  live.happen("lisbon");

  EXPECT_EQ(text_at(peer->last(), "type"), "resync");
  EXPECT_EQ(integer_at(peer->last(), "since"), 1);
  EXPECT_EQ(peer->seqs(), Seqs({1})) << "nothing more until it asks";
  peer->stuck = false;
  peer->queued = 0;
  live.say(peer, subscribe_to("*", 1));
  live.executor.run_until_idle();
  EXPECT_EQ(peer->seqs(), Seqs({1, 2, 3}));
}

TEST(Live, TheResyncItselfWaitsForRoom) {
  LiveFixture live;
  auto peer = live.join(kLisbon, "merchant:lisbon", subscribe_to("*"));
  peer->queued = peer->capacity;
  live.happen("lisbon");
  EXPECT_EQ(peer->types(), "authenticated subscribed");

  peer->queued = 0;
  live.clock.advance(std::chrono::seconds(1));
  live.executor.run_until_idle();

  EXPECT_EQ(text_at(peer->last(), "type"), "resync");
}

TEST(Live, AReplayWaitsForItsReader) {
  LiveFixture live;
  for (int i = 0; i < 300; ++i) live.backend.commit("lisbon");
  auto peer = live.open(kLisbon);
  peer->queued = 100 * 1024;
  live.say(peer, R"({"type":"auth","token":"merchant:lisbon"})");
  live.say(peer, subscribe_to("*", 0));
  live.executor.run_until_idle();
  EXPECT_EQ(peer->seqs(), Seqs());

  peer->queued = 0;
  live.clock.advance(std::chrono::milliseconds(20));
  live.executor.run_until_idle();

  EXPECT_EQ(peer->seqs().size(), 300u);
}

TEST(Live, AFailingEventTableIsSaidAndResyncAsked) {
  LiveFixture live;
  live.backend.failing = true;
  auto peer = live.join(kLisbon, "merchant:lisbon", subscribe_to("*", 0));

  EXPECT_EQ(peer->types(), "authenticated subscribed error resync");
}

TEST(Live, ARevokedKeyClosesItsSocketsAlsoOneThatIsJustAuthenticating) {
  LiveFixture live;
  auto listening = live.join(kLisbon, "merchant:lisbon", subscribe_to("*"));
  auto other = live.join("/ws/merchant/tokyo", "merchant:tokyo", subscribe_to("*"));
  auto joining = live.open(kLisbon);
  live.say(joining, R"({"type":"auth","token":"merchant:lisbon"})");

  live.hub->revoke("key_of_merchant:lisbon", "this key has expired");
  live.executor.run_until_idle();

  EXPECT_EQ(listening->close_code, 4403);
  EXPECT_EQ(joining->close_code, 4403);
  EXPECT_EQ(listening->close_reason, "this key has expired");
  EXPECT_EQ(joining->close_reason, "this key has expired");
  EXPECT_EQ(other->close_code, 0);
}

TEST(Live, WhoNeitherSubscribesNorSpeaksIsClosed) {
  LiveFixture live;
  auto idle = live.join(kLisbon, "merchant:lisbon");
  auto listening = live.join(kLisbon, "merchant:lisbon", subscribe_to("*"));

  live.clock.advance(std::chrono::seconds(61));
  live.executor.run_until_idle();

  EXPECT_EQ(idle->close_code, 4408);
  EXPECT_EQ(listening->close_code, 0);
}

TEST(Live, AnEventIsRenderedAndFramedOnceForAThousandListeners) {
  LiveFixture live;
  for (int i = 0; i < 1000; ++i) live.join(kLisbon, "merchant:lisbon", subscribe_to("*"));
  const int before = live.backend.rendered;

  for (int i = 0; i < 10; ++i) live.happen("lisbon");

  EXPECT_EQ(live.backend.rendered - before, 10);
  for (const auto& peer : live.peers) {
    ASSERT_EQ(peer->seqs(), Seqs({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
    EXPECT_EQ(peer->frames.back().get(), live.peers.front()->frames.back().get()) << "one frame, shared";
  }
}

TEST(Live, PublishingWithNobodyThereCostsNoTask) {
  LiveFixture live;
  live.hub->publish({live.backend.commit("lisbon")});
  EXPECT_TRUE(live.executor.idle());
}

int refusal(const EdgeRequest& request) {
  LiveFixture live;
  const auto refused = live.hub->refuses(request);
  return refused ? refused->status : 0;
}

EdgeRequest upgrade(std::string path, std::string origin = "",
                    std::pair<std::string, std::string> query = {}) {
  EdgeRequest request;
  request.path = std::move(path);
  request.headers["Host"] = "pay.example:8080";
  if (!origin.empty()) request.headers["Origin"] = origin;
  if (!query.first.empty()) request.query.push_back(query);
  return request;
}

TEST(LiveHandshake, OnlyTheThreeKindsOfTopicAreServed) {
  EXPECT_EQ(refusal(upgrade("/ws/merchant/lisbon")), 0);
  EXPECT_EQ(refusal(upgrade("/ws/admin/all")), 0);
  EXPECT_EQ(refusal(upgrade("/ws/payments/pay_1")), 0);
  EXPECT_EQ(refusal(upgrade("/ws/merchant/")), 404);
  EXPECT_EQ(refusal(upgrade("/ws/merchant/a/b")), 404);
  EXPECT_EQ(refusal(upgrade("/ws/other/a")), 404);
}

TEST(LiveHandshake, AForeignOriginIsRefused) {
  EXPECT_EQ(refusal(upgrade("/ws/admin/all", "https://evil.example")), 403);
  EXPECT_EQ(refusal(upgrade("/ws/admin/all", "null")), 403);
  EXPECT_EQ(refusal(upgrade("/ws/admin/all", "https://pay.example")), 403)
      << "another port is another origin";
  EXPECT_EQ(refusal(upgrade("/ws/admin/all", "https://pay.example:8080")), 0);
  EXPECT_EQ(refusal(upgrade("/ws/admin/all", "https://console.example")), 0);
}

TEST(LiveHandshake, ATokenInTheUrlIsRefused) {
  EXPECT_EQ(refusal(upgrade(kLisbon, "", {"token", "x"})), 400);
  EXPECT_EQ(refusal(upgrade(kLisbon, "", {"x", "sk_test_lisbon"})), 400);
  EXPECT_EQ(refusal(upgrade(kLisbon, "", {"x", "pay_1_secret_2"})), 400);
  EXPECT_EQ(refusal(upgrade(kLisbon, "", {"v", "2"})), 0);
}

}  // namespace
}  // namespace florin
