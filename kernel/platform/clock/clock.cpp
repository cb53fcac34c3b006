// The system's clock and one thread that wakes sleepers.
#include "kernel/platform/clock/clock.hpp"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace florin {

struct SystemClock::State {
  explicit State(Executor& e) : executor(e) {}
  Executor& executor;
  std::mutex mutex;
  std::condition_variable changed;
  std::multimap<std::chrono::steady_clock::time_point, std::coroutine_handle<>> sleepers;
  bool stopped = false;
  std::thread thread;

  void run() {
    std::unique_lock lock(mutex);
    while (!stopped) {
      const auto now = std::chrono::steady_clock::now();
      while (!sleepers.empty() && sleepers.begin()->first <= now) {
        const auto due = sleepers.extract(sleepers.begin()).mapped();
        executor.post(due);
      }
      if (sleepers.empty())
        changed.wait(lock);
      else {
        // A copy: the sleeper may be gone by the time the wait looks at its deadline again.
        const auto next = sleepers.begin()->first;
        changed.wait_until(lock, next);
      }
    }
    for (const auto& [when, who] : sleepers) executor.post(who);
    sleepers.clear();
  }
};

namespace {
struct Sleep {
  std::function<bool(std::coroutine_handle<>)> enter;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> self) const { return enter(self); }
  void await_resume() const noexcept {}
};
}  // namespace

SystemClock::SystemClock(Executor& executor) : state_(std::make_unique<State>(executor)) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

SystemClock::~SystemClock() { stop(); }

void SystemClock::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
  }
  state_->changed.notify_all();
  if (state_->thread.joinable()) state_->thread.join();
}

Instant SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Duration SystemClock::monotonic() const {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

Task<void> SystemClock::sleep(Duration pause) {
  // Longer than any process lives, shorter than what overflows the clock.
  constexpr Duration kLongest = std::chrono::hours(24 * 365 * 100);
  const auto deadline = std::chrono::steady_clock::now() + std::min(pause, kLongest);
  State* state = state_.get();
  Sleep sleeping;
  sleeping.enter = [state, deadline](std::coroutine_handle<> self) {
    const std::lock_guard lock(state->mutex);
    if (state->stopped) return false;
    const auto place = state->sleepers.emplace(deadline, self);
    if (place == state->sleepers.begin()) state->changed.notify_one();
    return true;
  };
  co_await sleeping;
}

std::string to_text(Instant instant) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant);
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(instant - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), milliseconds);
}

std::int64_t unix_seconds(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

std::int64_t micros(Instant instant) { return instant.time_since_epoch().count(); }

Instant from_micros(std::int64_t micros) { return Instant(Duration(micros)); }

}  // namespace florin
