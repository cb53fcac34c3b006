// Whether a request may begin, by how much waits for this machine already. What cannot be served soon is
// turned away before anything was done for it, so that what is served is served in time; the caller may
// come again. A request that waits for somebody else (a provider) waits for nothing of ours and counts not.
//
// The room is for bursts. As long as callers are turned away it is halved again and again, down to a twentieth: then
// more comes than can be done, and a long queue would only make everybody wait. Who was let in before that and
// has waited long for a worker is turned away as well. As soon as nobody is any more, the room doubles as quickly.
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
  // How often the room changes, where that is no flood.
  static constexpr Duration kInterval = std::chrono::milliseconds(100);
  // How long the wait for a worker may be while callers are turned away.
  static constexpr Duration kWait = std::chrono::milliseconds(10);

  // `room`: how many may wait, 0: any number. `backlog` may be empty.
  Admission(std::int64_t room, std::function<std::int64_t()> backlog);

  // False: turned away, and counted as that. True is followed by one begun(). `now` is monotonic.
  bool admits(Urgency urgency, Duration now);
  // A worker has taken it: what it waits for from now on is in the backlog. False: after so long a wait it is
  // turned away after all, and counted as that.
  bool begun(Urgency urgency, Duration waited);
  // It never will be.
  void withdrawn() { unbegun_.fetch_sub(1, std::memory_order_relaxed); }

  std::int64_t shed() const { return shed_.load(std::memory_order_relaxed); }

 private:
  bool turn_away();
  void adapt(Duration now);
  void say(std::int64_t waiting, Duration now);

  const std::int64_t most_;
  const std::function<std::int64_t()> backlog_;
  const Counter counter_;
  std::atomic<std::int64_t> room_;  // For ordinary requests.
  std::atomic<std::int64_t> unbegun_{0}, shed_{0};
  std::atomic<std::int64_t> shed_before_{0};   // What shed_ was when the room changed, last.
  std::atomic<Duration::rep> changed_at_{0};   // When that was.
  std::atomic<Duration::rep> said_at_{0};      // When the log was told, last.
};

}  // namespace florin
