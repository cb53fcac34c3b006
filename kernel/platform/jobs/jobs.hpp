// Durable jobs: enqueued in the transaction that makes them necessary, leased, retried with back-off
// and jitter, safe to run twice. Used by webhook delivery, in-doubt settlement, capture expiry.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <florin/result.hpp>
#include <florin/task.hpp>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/random/random.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

struct Job {
  // Chosen by who enqueues; enqueueing the same id again changes nothing for as long as that job is there
  // (waiting, running or dead; one that is done is not).
  std::string id;
  std::string kind;  // "settle_attempt"
  std::string payload;  // JSON
  // How many of its runs before the schedule was followed for: those that failed or left the pause to it. A run
  // that asked for a pause of its own is not among them.
  std::int64_t attempt = 0;
};

// What a run of a job says. A job that throws or returns an Error is retried by its schedule.
struct JobOutcome {
  enum class Next { kDone, kAgainIn, kGiveUp };
  Next next = Next::kDone;
  // For kAgainIn: instead of the schedule's, without jitter, and however often it ran before. 0: the
  // schedule's own, which ends.
  Duration pause{0};
  // For the schedule's own pause: it is made as long as this when it is shorter (a far side's Retry-After).
  Duration at_least{0};
};

struct JobKind {
  std::string kind;
  std::function<Task<Result<JobOutcome>>(Job)> run;
  // Pauses before the 2nd, 3rd, ... run, each with +-20 % jitter; past the end the job is dead (kept, counted).
  std::vector<std::chrono::seconds> schedule;
  int max_parallel = 16;
  std::chrono::seconds lease{60};
};

// A run that outlives its lease has it renewed; the job of a process that died runs again when release()
// is told of that, or when its lease has run out (with SQLite, when the next process starts). So a job runs
// at least once, and its `run` bears being called twice.
class Jobs {
 public:
  // `owner` says in whose name to lease, each time that something is leased; without it: a random one.
  static std::unique_ptr<Jobs> make(Store& store, Executor& executor, Clock& clock, Random& random,
                                    std::function<std::string()> owner = {});
  virtual ~Jobs() = default;
  virtual void add_kind(JobKind kind) = 0;  // Before start().
  // In a unit of work. `due` in microseconds, of a clock that was read in that same unit: when the clock is put
  // back, what is stored is brought forward, and what still carries an earlier reading is not.
  virtual void enqueue(Session& session, const Job& job, std::int64_t due) = 0;
  virtual void cancel(Session& session, const std::string& id) = 0;
  // In a unit of work: `owner` is dead, so its leases end now.
  virtual void release(Session& session, const std::string& owner) = 0;
  // Call after a unit that enqueued has committed, to run it now rather than at the next poll.
  virtual void wake() = 0;
  virtual void start() = 0;
  // Started runs finish; nothing new starts. Returns at once: Executor::drain() waits, and only then may
  // this go.
  virtual void stop() = 0;
  struct Counts {
    std::int64_t waiting = 0, running = 0, dead = 0;
  };
  virtual Task<Result<Counts>> counts() = 0;
};

}  // namespace florin
