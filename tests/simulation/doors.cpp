// Every wake-up is an event of its own: between any two of them the process may crash.
#include "tests/simulation/doors.hpp"

#include <algorithm>

#include <florin/check.hpp>

namespace florin::simulation {

using namespace std::chrono_literals;

void SimExecutor::post(std::coroutine_handle<> ready) {
  if (dead_) return;
  timeline_.in(timeline_.dice.pause(0us, 300us), [this, ready] {
    if (!dead_) ready.resume();
  });
}

void SimExecutor::kill() {
  FLORIN_CHECK(dead_ || static_cast<std::int64_t>(roots_.size()) == running(), "a crash knows of every task");
  dead_ = true;
  // Backwards: what was started last may use what was started first. No destructor starts a task.
  while (!roots_.empty()) {
    const std::coroutine_handle<> root = roots_.back();
    roots_.pop_back();
    root.destroy();
  }
}

void SimExecutor::task_begins(std::coroutine_handle<> root) { roots_.push_back(root); }

void SimExecutor::task_ends(std::coroutine_handle<> root) {
  const auto place = std::find(roots_.rbegin(), roots_.rend(), root);
  if (place != roots_.rend()) roots_.erase(std::next(place).base());
}

Task<void> SimClock::sleep(Duration pause) {
  struct Sleep {
    Timeline& timeline;
    SimExecutor& executor;
    Duration pause;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) const {
      timeline.in(std::max(pause, timeline.stretch), [to = &executor, self] {
        if (!to->dead()) self.resume();
      });
    }
    void await_resume() const noexcept {}
  };
  const Sleep sleeping{timeline_, executor_, pause + timeline_.dice.pause(0us, 200us)};
  co_await sleeping;
}

std::string SimRandom::bytes(std::size_t count) {
  std::string out;
  out.reserve(count + 8);
  while (out.size() < count) {
    const std::uint64_t drawn = dice_.next();
    for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(drawn >> shift & 0xFF);
  }
  out.resize(count);
  return out;
}

}  // namespace florin::simulation
