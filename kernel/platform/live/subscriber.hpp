// One live client: what it may see, what it wants, and the hand-over from replay to live. It decides and
// sends; reading the event table is the hub's. Safe from any thread.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <florin/time.hpp>

#include "kernel/platform/live/protocol.hpp"

namespace florin::live {

// A committed event on its way to many: each class of client counts it in its own way, so it has up to
// two frames, made when the first client of the class is found.
struct Published {
  StagedEvent event;
  Frame by_seq, by_position;
};
using PublishedPtr = std::shared_ptr<const Published>;

// How the grant's owner numbers events: operators by position, all others by their merchant's seq.
bool counts_positions(const LiveGrant& grant);
std::int64_t number_of(const LiveGrant& grant, const StagedEvent& event);
bool may_see(const LiveGrant& grant, const StagedEvent& event);

// What a catch-up goes on with.
struct CatchUp {
  std::uint64_t generation = 0;  // Of the subscription; a newer one makes this one's work void.
  LiveGrant grant;
  std::optional<std::int64_t> from;  // Nothing: from now on.
};

class Subscriber {
 public:
  Subscriber(std::shared_ptr<WebSocketPeer> peer, Duration now)
      : peer_(std::move(peer)), heard_(now), opened_(now) {}

  // ---- What the client says, in the order in which it says it.
  enum class Heard {
    kAct,           // Do what it says.
    kAuthenticate,  // The first message: find out who this is.
    kWaits,         // Kept until that has ended, see next_waiting().
    kTooMany,       // More wait than an honest client sends.
    kNotFirst,      // Something else came before auth.
  };
  Heard hear(const std::string& text, bool is_auth, Duration now);
  // False: the client has gone meanwhile.
  bool authenticated(LiveGrant grant, std::optional<std::int64_t> since);
  // What waited for the grant, one after the other; nothing: from here on hear() says kAct.
  std::optional<std::string> next_waiting();
  // Registers first: from here on deliver() buffers. True: nobody is catching up for it, begin; false: the
  // running catch-up will notice.
  bool subscribe(std::vector<std::string> topics, std::optional<std::int64_t> since);
  // The topics left.
  std::vector<std::string> unsubscribe(const std::vector<std::string>& topics);

  // ---- Catching up, by one task at a time.
  // What to replay; nothing when there is no more to do: the task ends.
  std::optional<CatchUp> next_catch_up();
  // Says "subscribed". False: the generation is over.
  bool begin_at(std::uint64_t generation, std::int64_t number);
  enum class Sent { kSent, kWait, kOver };
  // Whether to render a replayed event at all.
  bool interested(const StagedEvent& event) const;
  // A replayed event; `frame` is null when nobody is interested. kWait: the queue is long, come again.
  Sent replayed(std::uint64_t generation, const StagedEvent& event, const Frame& frame);
  // The event table has nothing more: hands on what was buffered above. False: the buffer had run over,
  // so replay on from where it stands.
  bool hand_over(std::uint64_t generation);
  void fail(std::uint64_t generation, const Error& error);
  // Where a replay stands.
  std::int64_t last(std::uint64_t generation);
  // Gives up: the client is too slow for its replay.
  void lose(std::uint64_t generation);

  // ---- Live.
  void deliver(const PublishedPtr& published);
  // Time-outs, and the resync that did not fit into a full queue.
  void tick(Duration now);
  void closed();

  LiveGrant grant() const;
  bool subscribed() const;
  WebSocketPeer& peer() { return *peer_; }
  void say(const Frame& frame) { peer_->send(frame); }
  // A message that makes no sense; too many end the connection.
  void complain(const Error& error);

 private:
  enum class State { kNew, kAuthenticating, kQuiet, kCatchingUp, kLive, kLost, kClosed };
  void hand_on(const PublishedPtr& published);
  bool push(const Frame& frame);
  void lose_locked();
  bool wants(const StagedEvent& event) const;

  const std::shared_ptr<WebSocketPeer> peer_;
  mutable std::mutex mutex_;
  State state_ = State::kNew;
  LiveGrant grant_;
  std::list<std::string> waiting_;  // Texts that came before the grant.
  bool draining_waiting_ = false;
  std::vector<std::string> topics_;
  std::optional<std::int64_t> from_;
  std::uint64_t generation_ = 0;
  bool catching_up_ = false;  // A task is at it.
  bool seen_ = false;         // last_ is a number that the client knows.
  std::int64_t last_ = 0;     // Everything up to here was sent, or is none of its topics.
  std::vector<PublishedPtr> buffer_;
  bool overflowed_ = false;
  bool resync_owed_ = false;
  int complaints_ = 0;
  Duration heard_, opened_;
};

}  // namespace florin::live
