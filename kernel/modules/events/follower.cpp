// Woken by commits, and looking by itself every few seconds: another node may have committed, and a wake
// may have been lost with a process that died in between.
#include "kernel/modules/events/follower.hpp"

#include "kernel/platform/seeded_bugs/seeded_bugs.hpp"

namespace florin {

namespace {
constexpr int kEventsAtOnce = 500;
constexpr std::int64_t kHeldElsewhere = -1;  // Another node is taking some; what is left after it is ours.
}

void OutboxFollower::start() { executor_.spawn("outbox follower", follow()); }

Task<void> OutboxFollower::follow() {
  Duration last_look = clock_.monotonic();
  for (;;) {
    std::int64_t seen = 0;
    if (woken_.exchange(false, std::memory_order_acq_rel)) {
      Task<Result<std::int64_t>> taking = take_some();
      const Result<std::int64_t> taken = co_await taking;
      if (taken) seen = *taken;
      if (!taken || seen == kHeldElsewhere || seen == kEventsAtOnce) woken_.store(true, std::memory_order_release);
    }
    const Duration before = clock_.monotonic();
    const bool more = seen == kEventsAtOnce;
    Task<void> sleeping = clock_.sleep(std::chrono::milliseconds(more ? 1 : 20));
    co_await sleeping;
    const Duration now = clock_.monotonic();
    if (!more && now - before < std::chrono::milliseconds(5)) co_return;  // The clock has stopped.
    if (now - last_look <= std::chrono::seconds(5)) continue;
    last_look = now;
    woken_.store(true, std::memory_order_release);
  }
}

Task<Result<std::int64_t>> OutboxFollower::take_some() {
  std::vector<OutboxHead> early;
  auto unit = [this, &early](Session& session) -> Result<std::int64_t> {
    const std::optional<std::int64_t> cursor = hold_cursor(session, reader_.name);
    if (!cursor) return kHeldElsewhere;
    if (reader_.idle(session)) {
      const std::int64_t last = last_position(session);
      if (last > *cursor) move_cursor(session, reader_.name, last);
      return std::int64_t{0};
    }
    const std::vector<OutboxHead> heads = outbox_after(session, *cursor, kEventsAtOnce);
    if (heads.empty()) return std::int64_t{0};
    if (FLORIN_SEEDED_BUG(cursor_before_deliveries))
      early = heads;
    else
      reader_.take(session, heads);
    move_cursor(session, reader_.name, heads.back().position);
    return static_cast<std::int64_t>(heads.size());
  };
  Task<Result<std::int64_t>> writing = store_.write(unit);
  const Result<std::int64_t> seen = co_await writing;
  if (FLORIN_SEEDED_BUG(cursor_before_deliveries)) {
    auto work = [this, &early](Session& session) -> Result<Done> {
      reader_.take(session, early);
      return Done();
    };
    Task<Result<Done>> working = store_.write(work);
    const Result<Done> worked = co_await working;
    if (!worked) co_return worked.error();
  }
  if (seen && *seen > 0) jobs_.wake();
  co_return seen;
}

}  // namespace florin
