// Counting what is under way and what is done, and a line.
#include "kernel/platform/edge/admission.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace florin {
namespace {
// The log tells of an overload this often, whatever happens.
constexpr Duration kSayEvery = std::chrono::seconds(10);
// Who has not begun will wait for a worker as often as this, and with each of them as many wait who have begun: at the
// beginning, and after each of a payment's two commits.
constexpr std::int64_t kTurns = 3;
}  // namespace

Admission::Admission(std::int64_t most, std::function<std::int64_t()> backlog)
    : most_(most),
      backlog_(std::move(backlog)),
      counter_(metrics().counter("florin_requests_shed_total", "Requests turned away because too much waited.")),
      room_(std::min(most, kLeast)) {}

std::int64_t Admission::under_way() const {
  return kTurns * unbegun_.load(std::memory_order_relaxed) + (backlog_ ? backlog_() : 0);
}

bool Admission::may_begin(Urgency urgency) const {
  if (most_ == 0 || urgency == Urgency::kAlways) return true;
  // What ends something begun waits for nobody who begins something.
  if (urgency == Urgency::kFinishing) return under_way() < 2 * most_;
  return behind_.load(std::memory_order_relaxed) == 0 && under_way() < room_.load(std::memory_order_relaxed);
}

void Admission::begin(Caller& caller) {
  unbegun_.fetch_add(1, std::memory_order_relaxed);
  const std::int64_t now = under_way();
  if (now > most_under_way_.load(std::memory_order_relaxed)) most_under_way_.store(now, std::memory_order_relaxed);
  if (!caller.begin()) unbegun_.fetch_sub(1, std::memory_order_relaxed);
}

void Admission::ask(std::unique_ptr<Caller> caller, Urgency urgency, Duration now) {
  count(now);
  const bool in_turn = urgency != Urgency::kOrdinary || !has_line();
  if (in_turn && may_begin(urgency)) return begin(*caller);
  std::deque<std::unique_ptr<Caller>> turned_away;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    const std::int64_t waiting =
        in_line_.load(std::memory_order_relaxed) + unbegun_.load(std::memory_order_relaxed) + (backlog_ ? backlog_() : 0);
    line_.push_back(std::move(caller));
    if (urgency != Urgency::kOrdinary || overloaded() || waiting >= most_) {
      turned_away.swap(line_);
      overload(waiting, now);
    }
    in_line_.store(static_cast<std::int64_t>(line_.size()), std::memory_order_relaxed);
  }
  shed_.fetch_add(static_cast<std::int64_t>(turned_away.size()), std::memory_order_relaxed);
  counter_.add(static_cast<std::int64_t>(turned_away.size()));
  for (const auto& each : turned_away) each->turn_away();
  advance(now);
}

bool Admission::turns_away(Urgency urgency, Duration now) {
  count(now);
  if (urgency == Urgency::kOrdinary ? !overloaded() || may_begin(urgency) : may_begin(urgency)) return false;
  shed_at_.store(now.count(), std::memory_order_relaxed);
  shed_.fetch_add(1, std::memory_order_relaxed);
  counter_.add();
  return true;
}

void Admission::begun(Duration now) {
  unbegun_.fetch_sub(1, std::memory_order_relaxed);
  advance(now);
}

void Admission::done(Duration now) {
  done_.fetch_add(1, std::memory_order_relaxed);
  advance(now);
}

void Admission::advance(Duration now) {
  while (has_line() && may_begin(Urgency::kOrdinary)) {
    std::unique_ptr<Caller> next;
    {
      const std::lock_guard lock(mutex_);
      if (line_.empty()) return;
      next = std::move(line_.front());
      line_.pop_front();
      in_line_.fetch_sub(1, std::memory_order_relaxed);
    }
    begin(*next);
  }
  count(now);
}

void Admission::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  line_.clear();
  in_line_.store(0, std::memory_order_relaxed);
}

void Admission::count(Duration now) {
  if (overloaded() && now.count() - shed_at_.load(std::memory_order_relaxed) >= kCalm.count())
    overloaded_.store(false, std::memory_order_relaxed);
  Duration::rep since = counted_at_.load(std::memory_order_relaxed);
  const Duration::rep took = now.count() - since;
  if (took < kCount.count() || !counted_at_.compare_exchange_strong(since, now.count(), std::memory_order_relaxed)) return;
  const std::int64_t done = done_.exchange(0, std::memory_order_relaxed);
  const std::int64_t lately = took < 2 * kCount.count() ? most_under_way_.load(std::memory_order_relaxed) : 0;
  most_under_way_.store(0, std::memory_order_relaxed);
  const std::int64_t room = overloaded() ? done * kTime.count() / took : lately + lately / 2;
  room_.store(std::clamp(room, std::min(most_, kLeast), kTurns * most_), std::memory_order_relaxed);
}

void Admission::overload(std::int64_t waiting, Duration now) {
  if (!overloaded_.exchange(true, std::memory_order_relaxed)) room_.store(std::min(most_, kLeast), std::memory_order_relaxed);
  shed_at_.store(now.count(), std::memory_order_relaxed);
  say(waiting, now);
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
