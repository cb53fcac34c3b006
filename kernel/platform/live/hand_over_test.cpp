// The property that live clients build on: whatever is committed, told, replayed and subscribed in
// whatever order, a client gets every event after its `since` once, in order.
#include <gtest/gtest.h>

#include <deque>

#include "kernel/platform/live/live_fixture.hpp"

namespace florin {
namespace {

using namespace florin::testing;

// One random history of one merchant's table and three clients. The hub hears of a commit later than the
// table, as from the store's writer thread.
class History {
 public:
  explicit History(unsigned seed) : random_(seed) {}

  void run() {
    for (int i = 0; i < 3; ++i) arrive();
    for (int step = 0; step < 400; ++step) {
      switch (random_() % 8) {
        case 0:
          commit(1 + random_() % 3);
          break;
        // Sometimes more than a buffer holds, so that it runs over.
        case 1:
          if (random_() % 64 == 0) commit(5000);
          break;
        case 2:
          tell();
          break;
        case 3:
          if (random_() % 16 == 0) change_topics();
          break;
        default:
          if (!live_.executor.idle()) live_.executor.step(&random_);
      }
    }
    while (!untold_.empty()) tell();
    live_.executor.run_until_idle();
  }

  void check() const {
    for (const Client& client : clients_) {
      const std::vector<std::int64_t> got = client.peer->seqs();
      ASSERT_EQ(client.peer->close_code, 0);
      ASSERT_EQ(static_cast<std::int64_t>(got.size()), committed_ - client.since);
      for (std::size_t i = 0; i < got.size(); ++i)
        ASSERT_EQ(got[i], client.since + 1 + static_cast<std::int64_t>(i));
    }
  }

 private:
  struct Client {
    std::shared_ptr<KeepingPeer> peer;
    std::int64_t since;
  };

  void arrive() {
    commit(random_() % 200);
    Client client{
        live_.open("/ws/merchant/lisbon"),
        committed_ == 0 ? 0 : static_cast<std::int64_t>(random_() % static_cast<unsigned>(committed_ + 1))};
    client.peer->capacity = SIZE_MAX;
    live_.say(client.peer, R"({"type":"auth","token":"merchant:lisbon"})");
    live_.say(client.peer, subscribe_to("*", client.since));
    clients_.push_back(client);
  }
  void commit(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) untold_.push_back(live_.backend.commit("lisbon"));
    committed_ += static_cast<std::int64_t>(count);
  }
  void tell() {
    std::vector<StagedEvent> group;
    for (std::size_t count = 1 + random_() % 5000; count > 0 && !untold_.empty(); --count) {
      group.push_back(untold_.front());
      untold_.pop_front();
    }
    live_.hub->publish(group);
  }
  // A client that is live says again what it wants, without since: it goes on where it stands.
  void change_topics() {
    const Client& client = clients_[random_() % clients_.size()];
    if (client.peer->seqs().empty()) return;
    live_.say(client.peer, subscribe_to("*"));
  }

  std::mt19937 random_;
  LiveFixture live_;
  std::vector<Client> clients_;
  std::deque<StagedEvent> untold_;
  std::int64_t committed_ = 0;
};

TEST(LiveHandOver, NoInterleavingLosesOrDoublesAnEvent) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    History history(seed);
    history.run();
    history.check();
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(LiveHandOver, WhatABufferCouldNotHoldIsReadFromTheTable) {
  LiveFixture live;
  for (int i = 0; i < 10; ++i) live.backend.commit("lisbon");
  // The table has been read to its end; before the client hears of it, more is told than a buffer holds.
  live.backend.after_empty_read = [&live] {
    std::vector<StagedEvent> flood;
    for (int i = 0; i < 10'000; ++i) flood.push_back(live.backend.commit("lisbon"));
    live.hub->publish(flood);
    live.executor.run_until_idle();
  };

  const auto peer = live.join("/ws/merchant/lisbon", "merchant:lisbon", subscribe_to("*", 0));

  const std::vector<std::int64_t> got = peer->seqs();
  ASSERT_EQ(got.size(), 10'010u);
  for (std::size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], static_cast<std::int64_t>(i) + 1);
}

}  // namespace
}  // namespace florin
