// The clock, a door of law 10. Wall time for what is stored and shown; sleeping for what waits.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <florin/task.hpp>
#include <florin/time.hpp>

#include "kernel/platform/executor/executor.hpp"

namespace florin {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  // Time that never jumps, from an arbitrary start: for deadlines and rates.
  virtual Duration monotonic() const = 0;
  // Resumes on the executor after `pause`, or at once when the clock is stopped. Counts monotonic time.
  virtual Task<void> sleep(Duration pause) = 0;
};

// One timer thread over its sleepers in order of time.
class SystemClock final : public Clock {
 public:
  explicit SystemClock(Executor& executor);
  ~SystemClock() override;
  Instant now() const override;
  Duration monotonic() const override;
  Task<void> sleep(Duration pause) override;
  // Wakes every sleeper at once and lets nobody sleep again: for shutting down.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// RFC 3339 with milliseconds, UTC: "2026-11-20T18:08:22.123Z".
std::string to_text(Instant instant);
// Whole seconds since 1970, as the API's `created`.
std::int64_t unix_seconds(Instant instant);
std::int64_t micros(Instant instant);
Instant from_micros(std::int64_t micros);

}  // namespace florin
