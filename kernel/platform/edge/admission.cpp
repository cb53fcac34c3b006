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
// More than a burst: so much of the room again is turned away at once.
constexpr std::int64_t kFloodPart = 4;
// Below this part of the room nothing worth mentioning waits.
constexpr std::int64_t kQuietPart = 8;
}  // namespace

Admission::Admission(std::int64_t room, std::function<std::int64_t()> backlog)
    : most_(room),
      least_(std::min(room, room / kLeastPart + 1)),
      backlog_(std::move(backlog)),
      counter_(metrics().counter("florin_requests_shed_total", "Requests turned away because too much waited.")),
      room_(room) {}

bool Admission::sheds(Urgency urgency, Duration now) {
  if (most_ == 0 || urgency == Urgency::kAlways) return false;
  adapt(now);
  const std::int64_t room = urgency == Urgency::kFinishing ? most_ * 2 : room_.load(std::memory_order_relaxed);
  const std::int64_t waiting = unbegun_.load(std::memory_order_relaxed) + (backlog_ ? backlog_() : 0);
  const bool late = urgency == Urgency::kOrdinary && flooded() && now.count() < late_until_.load(std::memory_order_relaxed);
  if (waiting < most_ / kQuietPart) quiet_at_.store(now.count(), std::memory_order_relaxed);
  const bool burst = waiting >= most_ && now.count() - quiet_at_.load(std::memory_order_relaxed) <= kBurst.count();
  if (burst) room_.store(least_, std::memory_order_relaxed);
  if (waiting < room && !late) return false;
  say(waiting, now);
  shed_at_.store(now.count(), std::memory_order_relaxed);
  turn_away();
  return true;
}

bool Admission::admits(Urgency urgency, Duration now) {
  if (sheds(urgency, now)) return false;
  unbegun_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

bool Admission::begun(Urgency urgency, Duration waited) {
  unbegun_.fetch_sub(1, std::memory_order_relaxed);
  if (urgency != Urgency::kOrdinary || !flooded()) return true;
  // Of those let in before it was seen to be a flood, no more begin than the least room holds twice.
  const bool full = backlog_ && backlog_() >= 2 * least_;
  if (waited <= kWait && !full) return true;
  turn_away();
  return false;
}

void Admission::turned(Duration took, bool behind, Duration now) {
  if (took > kTurn || behind) late_until_.store((now + std::max(took, kTurn)).count(), std::memory_order_relaxed);
}

void Admission::turn_away() {
  shed_.fetch_add(1, std::memory_order_relaxed);
  counter_.add();
}

void Admission::adapt(Duration now) {
  // After a moment in which nothing ran nobody was turned away either; then the loops are late.
  const bool calm = now.count() - shed_at_.load(std::memory_order_relaxed) >= kCalm.count() &&
                    now.count() >= late_until_.load(std::memory_order_relaxed);
  if (calm) room_.store(most_, std::memory_order_relaxed);

  Duration::rep changed = changed_at_.load(std::memory_order_relaxed);
  const std::int64_t shed = shed_.load(std::memory_order_relaxed);
  // Where so many are turned away that they would have filled much of the room, a tenth of a second is long, and
  // halving would be late: who is let in meanwhile waits behind all that are in already.
  const bool flood = shed - shed_before_.load(std::memory_order_relaxed) >= most_ / kFloodPart + 1;
  if (now.count() - changed < kInterval.count() && !flood) return;
  if (!changed_at_.compare_exchange_strong(changed, now.count(), std::memory_order_relaxed)) return;
  const bool turned_away = shed_before_.exchange(shed, std::memory_order_relaxed) != shed;
  const std::int64_t room = room_.load(std::memory_order_relaxed);
  if (now.count() - changed >= 2 * kInterval.count())
    room_.store(most_, std::memory_order_relaxed);  // Nobody came for a while.
  else if (turned_away)
    room_.store(std::max(flood ? 0 : room / 2, least_), std::memory_order_relaxed);
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
