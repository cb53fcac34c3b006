// The executor, the clock and the randomness of one simulated process (law 10). A crash kills the executor:
// every task of the process is gone where it stood, and nobody is told.
#pragma once

#include <vector>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/executor/executor.hpp"
#include "kernel/platform/executor/task_keeper.hpp"
#include "kernel/platform/random/random.hpp"
#include "tests/simulation/timeline.hpp"

namespace florin::simulation {

// TaskKeeper is found by dynamic_cast, which sees public bases alone.
class SimExecutor final : public Executor, public TaskKeeper {
 public:
  explicit SimExecutor(Timeline& timeline) : timeline_(timeline) {}
  ~SimExecutor() override { kill(); }
  void post(std::coroutine_handle<> ready) override;
  // Destroys every task. What was posted is never resumed; the object must stay until the run's end, because
  // events still point to it.
  void kill();
  bool dead() const { return dead_; }

 private:
  void task_begins(std::coroutine_handle<> root) override;
  void task_ends(std::coroutine_handle<> root) override;
  Timeline& timeline_;
  std::vector<std::coroutine_handle<>> roots_;
  bool dead_ = false;
};

class SimClock final : public Clock {
 public:
  SimClock(Timeline& timeline, SimExecutor& executor) : timeline_(timeline), executor_(executor) {}
  // Every run begins on 2026-11-20 at noon.
  static Instant instant(const Timeline& timeline) { return Instant(std::chrono::seconds(1'795'176'000)) + timeline.now(); }
  Instant now() const override { return instant(timeline_); }
  Duration monotonic() const override { return std::chrono::hours(1) + timeline_.now(); }
  Task<void> sleep(Duration pause) override;

 private:
  Timeline& timeline_;
  SimExecutor& executor_;
};

class SimRandom final : public Random {
 public:
  explicit SimRandom(std::uint64_t seed) : dice_(seed) {}
  std::string bytes(std::size_t count) override;

 private:
  Dice dice_;
};

}  // namespace florin::simulation
