// Admission and bookkeeping under one mutex: a few hundred nanoseconds an exchange.
#include "kernel/platform/http_client/lanes.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace florin {
namespace {

constexpr std::size_t kLanesBeforeForgetting = 4096;  // Merchants' webhook endpoints come and go.
constexpr std::size_t kTookKept = 128;

std::int64_t second_of(Duration monotonic) {
  return std::chrono::duration_cast<std::chrono::seconds>(monotonic).count();
}

const std::string& far_side_of(const Route& route) {
  if (!route.far_side.empty()) return route.far_side;
  return route.hosts.empty() ? route.key : route.hosts.begin()->second;
}

Error refused(std::string code, std::string message) {
  return Error{Error::Kind::kUnreachable, std::move(message), std::move(code), ""};
}

}  // namespace

std::string_view to_text(Circuit circuit) {
  switch (circuit) {
    case Circuit::kClosed:
      return "closed";
    case Circuit::kHalfOpen:
      return "half_open";
    case Circuit::kOpen:
      return "open";
  }
  return "closed";
}

Result<Done> Lanes::enter(const Route& route) {
  const std::lock_guard lock(mutex_);
  const Duration now = clock_.monotonic();
  if (lanes_.size() > kLanesBeforeForgetting) forget_idle(second_of(now));
  Lane& lane = lanes_[route.key];
  if (lane.in_flight == 0) lane.far_side = far_side_of(route);
  const auto side = far_sides_.find(lane.far_side);
  if (!has_place(route, lane, side == far_sides_.end() ? 0 : side->second))
    return refused("bulkhead_full",
                   fmt::format("bulkhead full: {} exchanges of {} are under way, and {} with its far side in all",
                               lane.in_flight, route.key, side == far_sides_.end() ? 0 : side->second));
  if (!lane.breaker.admit(now))
    return refused("circuit_open", fmt::format("circuit open: {} failed too often; we try again within {} s",
                                               route.key, second_of(Breaker::kPause)));
  ++lane.in_flight;
  ++far_sides_[lane.far_side];
  ++in_flight_;
  return Done{};
}

// The more a far side has, the more must be left over. The first of a lane gets in all the same (and may
// queue), unless its far side has the half that one can have.
bool Lanes::has_place(const Route& route, const Lane& lane, std::int64_t there) const {
  if (lane.in_flight >= route.max_in_flight) return false;
  if (lane.in_flight == 0) return there < std::max<std::int64_t>(1, threads_ / 2);
  return there < threads_ - in_flight_;
}

void Lanes::leave(const std::string& key) {
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[key];
  --lane.in_flight;
  --in_flight_;
  const auto side = far_sides_.find(lane.far_side);
  if (--side->second == 0) far_sides_.erase(side);
}

void Lanes::record(const std::string& key, Outcome outcome, Duration took) {
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[key];
  if (outcome == Outcome::kNotCarried) return lane.breaker.withdrawn();
  const Duration now = clock_.monotonic();
  lane.last_second = second_of(now);
  Second& second = lane.seconds[static_cast<std::size_t>(lane.last_second % 60)];
  if (second.number != lane.last_second) second = Second{lane.last_second, 0, 0};
  ++second.all;
  lane.took.push_back(took);
  if (lane.took.size() > kTookKept) lane.took.pop_front();
  if (outcome == Outcome::kSucceeded) return lane.breaker.succeeded();
  ++second.failed;
  lane.breaker.failed(now);
}

RouteHealth Lanes::health(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto place = lanes_.find(key);
  if (place == lanes_.end()) return {};
  const Lane& lane = place->second;
  const Duration now = clock_.monotonic();
  RouteHealth health;
  health.circuit = lane.breaker.circuit(now);
  health.in_flight = lane.in_flight;
  for (const Second& second : lane.seconds) {
    if (second.number < 0 || second.number <= second_of(now) - 60) continue;
    health.recent += second.all;
    health.failed += second.failed;
  }
  std::vector<Duration> took(lane.took.begin(), lane.took.end());
  if (!took.empty()) {
    const auto middle = took.begin() + static_cast<std::ptrdiff_t>(took.size() / 2);
    std::nth_element(took.begin(), middle, took.end());
    health.p50 = *middle;
  }
  return health;
}

void Lanes::forget_idle(std::int64_t second) {
  std::erase_if(lanes_, [&](const auto& entry) {
    return entry.second.in_flight == 0 && entry.second.last_second < second - 60;
  });
}

}  // namespace florin
