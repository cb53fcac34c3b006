// The advisory lock by which others see that a node is connected: on a connection of its own, with a
// thread of its own that beats. Internal to nodes.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/store/connection.hpp"

namespace florin::nodes {

class KeptLock {
 public:
  // `clock` outlives it.
  KeptLock(const std::string& store_url, Clock& clock, std::chrono::milliseconds beat);
  ~KeptLock();  // Joins the thread and lets the lock go.

  // Beats for the node `id` from now on, which has its row; what was kept before is let go. Calls `first`
  // once, on the beating thread, when the first beat has succeeded or failed.
  void keep(std::string id, std::int64_t lock_key, std::function<void(Result<Done>)> first);

  // Monotonic time at which the last beat that succeeded was begun; nothing since keep(): Duration::min().
  Duration last_beat() const { return Duration(last_beat_.load(std::memory_order_acquire)); }
  // The row is gone: others took this node for dead.
  bool taken_for_dead() const { return taken_for_dead_.load(std::memory_order_acquire); }

 private:
  struct Kept {
    std::string id;
    std::int64_t lock_key = 0;
    std::function<void(Result<Done>)> first;
  };
  void work();
  void look_for_new_keep(Kept& kept);
  Result<Done> beat(const Kept& kept);

  const std::unique_ptr<store::Connector> connector_;
  Clock& clock_;
  const std::chrono::milliseconds pause_;
  std::unique_ptr<store::Connection> connection_;  // The thread's.
  bool held_ = false;                              // The thread's: the lock is this connection's.
  std::atomic<Duration::rep> last_beat_{Duration::min().count()};
  std::atomic<bool> taken_for_dead_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  Kept next_;  // Given by keep(), taken by the thread.
  bool stopping_ = false;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace florin::nodes
