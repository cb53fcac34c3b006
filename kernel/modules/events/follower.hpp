// A reader of the outbox: sees every event once, in order, with a durable cursor. What it makes of events
// (rows, jobs) is made in the unit that moves the cursor, so that nothing is forgotten and nothing doubled.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "kernel/modules/events/event.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/jobs/jobs.hpp"

namespace florin {

class OutboxFollower {
 public:
  // `take` runs in a unit of work.
  struct Reader {
    std::string name;
    std::function<void(Session&, const std::vector<OutboxHead>&)> take;
    // In the same unit, before: true when nobody listens, so that no event would lead to anything. Then none is read.
    std::function<bool(Session&)> idle;
  };
  OutboxFollower(Store& store, Executor& executor, Clock& clock, Jobs& jobs, Reader reader)
      : store_(store), executor_(executor), clock_(clock), jobs_(jobs), reader_(std::move(reader)) {}
  // Follows until the clock stops.
  void start();
  // From the store's writer thread, after a commit: there is something new.
  void wake() { woken_.store(true, std::memory_order_release); }

 private:
  Task<void> follow();
  Task<Result<std::int64_t>> take_some();

  Store& store_;
  Executor& executor_;
  Clock& clock_;
  Jobs& jobs_;
  Reader reader_;
  std::atomic<bool> woken_{true};
};

}  // namespace florin
