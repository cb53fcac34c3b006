// Counting what waits, and looking every so often whether somebody was turned away.
#include "kernel/platform/edge/admission.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace florin {
namespace {
// The log tells of an overload this often, whatever happens.
constexpr Duration kSayEvery = std::chrono::seconds(10);
// What is left of the room when more comes than can be done for long. Enough for a commit to carry many.
constexpr std::int64_t kLeastPart = 20;
}  // namespace

Admission::Admission(std::int64_t room, std::function<std::int64_t()> backlog)
    : most_(room),
      backlog_(std::move(backlog)),
      counter_(metrics().counter("florin_requests_shed_total", "Requests turned away because too much waited.")),
      room_(room) {}

bool Admission::admits(Urgency urgency, Duration now) {
  if (most_ > 0 && urgency != Urgency::kAlways) {
    adapt(now);
    const std::int64_t room = urgency == Urgency::kFinishing ? most_ * 2 : room_.load(std::memory_order_relaxed);
    const std::int64_t waiting = unbegun_.load(std::memory_order_relaxed) + (backlog_ ? backlog_() : 0);
    if (waiting >= room) {
      say(waiting, now);
      return turn_away();
    }
  }
  unbegun_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bool Admission::begun(Urgency urgency, Duration waited) {
  unbegun_.fetch_sub(1, std::memory_order_relaxed);
  if (most_ == 0 || urgency != Urgency::kOrdinary || waited <= kWait) return true;
  return room_.load(std::memory_order_relaxed) == most_ || turn_away();
}

bool Admission::turn_away() {
  shed_.fetch_add(1, std::memory_order_relaxed);
  counter_.add();
  return false;
}

void Admission::adapt(Duration now) {
  Duration::rep changed = changed_at_.load(std::memory_order_relaxed);
  const std::int64_t shed = shed_.load(std::memory_order_relaxed);
  // Where so many are turned away that they would have filled the room, a tenth of a second is long.
  const bool flood = shed - shed_before_.load(std::memory_order_relaxed) >= most_;
  if (now.count() - changed < kInterval.count() && !flood) return;
  if (!changed_at_.compare_exchange_strong(changed, now.count(), std::memory_order_relaxed)) return;
  const bool turned_away = shed_before_.exchange(shed, std::memory_order_relaxed) != shed;
  const std::int64_t room = room_.load(std::memory_order_relaxed);
  if (now.count() - changed >= 2 * kInterval.count())
    room_.store(most_, std::memory_order_relaxed);  // Nobody came for a while.
  else if (turned_away)
    room_.store(std::max(room / 2, std::min(room, most_ / kLeastPart + 1)), std::memory_order_relaxed);
  else
    room_.store(std::min(room * 2, most_), std::memory_order_relaxed);
}

void Admission::say(std::int64_t waiting, Duration now) {
  Duration::rep said = said_at_.load(std::memory_order_relaxed);
  if (said != 0 && now.count() - said < kSayEvery.count()) return;
  if (!said_at_.compare_exchange_strong(said, now.count(), std::memory_order_relaxed)) return;
  spdlog::warn(
      "more comes than this machine can do: {} requests and units wait, further ones are answered 503 until fewer do "
      "(florin_requests_shed_total counts them, server.limits.requests_waiting bounds them)",
      waiting);
}

}  // namespace florin
