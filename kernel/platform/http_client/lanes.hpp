// One lane a route key: its bulkhead, its circuit breaker and its figures. The lanes share the I/O
// threads, and neither a lane nor all lanes to one far side may take so many that another has to wait.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include <florin/result.hpp>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/http_client/breaker.hpp"
#include "kernel/platform/http_client/http_client.hpp"

namespace florin {

class Lanes {
 public:
  Lanes(const Clock& clock, int threads) : clock_(clock), threads_(threads) {}

  // Takes a place. Errors: kUnreachable, "bulkhead_full" or "circuit_open". Besides the route's own limit, its
  // far side may have in flight no more than there are threads left for others.
  Result<Done> enter(const Route& route);
  // The I/O thread is free again. (The Task may have been answered long before.)
  void leave(const std::string& key);

  enum class Outcome { kSucceeded, kFailed, kNotCarried };
  void record(const std::string& key, Outcome outcome, Duration took);

  RouteHealth health(const std::string& key) const;

 private:
  struct Second {
    std::int64_t number = -1;  // Which second of the monotonic clock this bucket counts.
    std::int64_t all = 0, failed = 0;
  };
  struct Lane {
    std::int64_t in_flight = 0;
    std::string far_side;  // Stays while something is in flight.
    Breaker breaker;
    std::array<Second, 60> seconds;
    std::deque<Duration> took;  // Of the last answers.
    std::int64_t last_second = 0;
  };
  bool has_place(const Route& route, const Lane& lane, std::int64_t there) const;
  void forget_idle(std::int64_t second);

  const Clock& clock_;
  const std::int64_t threads_;
  mutable std::mutex mutex_;
  std::map<std::string, Lane> lanes_;
  std::map<std::string, std::int64_t> far_sides_;  // In flight; those with none are not kept.
  std::int64_t in_flight_ = 0;
};

}  // namespace florin
