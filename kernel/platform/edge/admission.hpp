// Whether a request may begin, by how much waits for this machine already. What cannot be served soon is
// turned away before anything was done for it, so that what is served is served in time; the caller may
// come again. A request that waits for somebody else (a provider) waits for nothing of ours and counts not.
//
// The room is for bursts. As long as callers are turned away it is halved again and again, at once in a flood, down to
// a twentieth: then more comes than can be done, and a long queue would only make everybody wait. Who was let in before
// that and has waited long for a worker is turned away as well, and where even saying no takes the loops too long,
// nobody is let in until they have caught up. When nobody was turned away for a moment, all the room is back.
// What finishes something begun has twice the room, always.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

#include <florin/time.hpp>

#include "kernel/platform/edge/edge.hpp"
#include "kernel/platform/metrics/metrics.hpp"

namespace florin {

// Shared by all loops and workers.
class Admission {
 public:
  // How often the room shrinks, where that is no flood.
  static constexpr Duration kInterval = std::chrono::milliseconds(100);
  // How long nobody may have been turned away for the room to be back.
  static constexpr Duration kCalm = std::chrono::milliseconds(20);
  // All the room is not filled so fast by as many as can be served: that is a flood as well. (Who fits is let in: a room
  // for so many serves so many who all come at once.)
  static constexpr Duration kBurst = std::chrono::milliseconds(8);
  // How long a loop's turn may be in a flood, before nobody is let in.
  static constexpr Duration kTurn = std::chrono::milliseconds(4);
  // How long the wait for a worker may be in a flood.
  static constexpr Duration kWait = std::chrono::milliseconds(5);

  // `room`: how many may wait, 0: any number. `backlog` may be empty.
  Admission(std::int64_t room, std::function<std::int64_t()> backlog);

  // True: turned away, and counted as that. `now` is monotonic.
  bool sheds(Urgency urgency, Duration now);
  // Unless sheds(). True is followed by one begun() or withdrawn().
  bool admits(Urgency urgency, Duration now);
  // A worker has taken it: what it waits for from now on is in the backlog. False: in a flood, after so long a wait or
  // behind so many that have begun, it is turned away after all, and counted as that.
  bool begun(Urgency urgency, Duration waited);
  // It never will be.
  void withdrawn() { unbegun_.fetch_sub(1, std::memory_order_relaxed); }

  // A loop took so long to hear all that its sockets had to say, or `behind`: could not even do that. In a flood
  // nobody ordinary is let in until it has caught up: those who wait in sockets wait for it.
  void turned(Duration took, bool behind, Duration now);
  // Whether more comes than can be done for long: the room is at its least.
  bool flooded() const { return room_.load(std::memory_order_relaxed) == least_ && least_ < most_; }
  std::int64_t shed() const { return shed_.load(std::memory_order_relaxed); }

 private:
  void turn_away();
  void adapt(Duration now);
  void say(std::int64_t waiting, Duration now);

  const std::int64_t most_, least_;
  const std::function<std::int64_t()> backlog_;
  const Counter counter_;
  std::atomic<std::int64_t> room_;  // For ordinary requests.
  std::atomic<std::int64_t> unbegun_{0}, shed_{0};
  std::atomic<Duration::rep> shed_at_{0};      // When somebody was turned away, last.
  std::atomic<Duration::rep> quiet_at_{0};     // When next to nothing waited, last.
  std::atomic<std::int64_t> shed_before_{0};   // What shed_ was when the room changed, last.
  std::atomic<Duration::rep> changed_at_{0};   // When that was.
  std::atomic<Duration::rep> late_until_{0};   // Until when no loop has caught up.
  std::atomic<Duration::rep> said_at_{0};      // When the log was told, last.
};

}  // namespace florin
