// Running jobs. A pass looks for what is due and claims it; there is at most one pass at a time, started
// by wake() or by the poll. What a run says about its job is written before its place is given on.
#include "kernel/platform/jobs/jobs.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <florin/check.hpp>

#include "kernel/platform/jobs/job_table.hpp"

namespace florin {

namespace {

using namespace std::chrono_literals;

constexpr Duration kPoll = 200ms;
// Less is how clocks are kept right every day.
constexpr Duration kClockStep = 2s;

class StoredJobs final : public Jobs {
 public:
  StoredJobs(Store& store, Executor& executor, Clock& clock, Random& random, std::function<std::string()> owner)
      : store_(store), executor_(executor), clock_(clock), random_(random), owner_(std::move(owner)) {
    if (owner_) return;
    std::string me;
    for (const char byte : random.bytes(12)) me += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    owner_ = [me] { return me; };
  }

  void add_kind(JobKind kind) override {
    FLORIN_CHECK(!started_, "kinds are added before start()");
    const std::string name = kind.kind;
    FLORIN_CHECK(kinds_.try_emplace(name, std::move(kind)).second, "a kind of job is added once");
  }
  void enqueue(Session& session, const Job& job, std::int64_t due) override {
    FLORIN_CHECK(kinds_.count(job.kind) == 1, "a job is of a kind that was added");
    jobs::insert(session, job, due, now());
  }
  void cancel(Session& session, const std::string& id) override { jobs::remove(session, id); }
  void release(Session& session, const std::string& owner) override { jobs::release(session, owner, now()); }

  void start() override {
    started_ = true;
    executor_.spawn("jobs poll", poll());
  }
  void stop() override { stopping_ = true; }

  void wake() override {
    // Who finds it idle starts the pass; who finds it busy asks it to look once more.
    if (!started_ || stopping_) return;
    int seen = pass_.load();
    while (!pass_.compare_exchange_weak(seen, seen == kIdle ? kBusy : kBusyAndAsked)) {
    }
    if (seen == kIdle) executor_.spawn("jobs pass", pass());
  }

  Task<Result<Counts>> counts() override {
    const auto query = [](Session& session) -> Result<Counts> { return jobs::count(session); };
    auto reading = store_.read(query);
    co_return co_await reading;
  }

 private:
  enum { kIdle, kBusy, kBusyAndAsked };
  struct Running {
    const JobKind* kind;
    std::int64_t lease_end;
    std::string owner;  // In whose name it is leased.
  };

  Task<void> poll();
  Task<void> follow_clock();
  Task<void> pass();
  Task<void> look();
  Task<void> renew_leases();
  Task<void> claim(const JobKind& kind, std::int64_t places);
  Task<void> run(const JobKind& kind, Job job, std::string owner);
  Task<void> settle(const JobKind& kind, const Job& job, const std::string& owner, Result<JobOutcome> outcome);
  std::int64_t free_places(const JobKind& kind);
  std::int64_t now() const { return micros(clock_.now()); }
  Duration wall_ahead() const { return Duration(now()) - clock_.monotonic(); }
  std::int64_t jittered(Duration pause) {
    return pause.count() / 1000 * (800 + static_cast<std::int64_t>(random_.below(401)));
  }
  static std::int64_t lease_micros(const JobKind& kind) { return Duration(kind.lease).count(); }

  Store& store_;
  Executor& executor_;
  Clock& clock_;
  Random& random_;
  std::function<std::string()> owner_;  // No two processes are the same.
  std::map<std::string, JobKind> kinds_;
  std::atomic<bool> started_{false}, stopping_{false};
  std::atomic<int> pass_{kIdle};
  Duration wall_ahead_{0};  // Of the monotonic clock, when last looked at; the poll's.
  std::mutex mutex_;
  std::map<std::string, Running> running_;  // By job id; guarded by mutex_.
};

Task<void> StoredJobs::poll() {
  if (store_.engine() == Engine::kSqlite) {
    // One daemon a file: whoever had these leases is dead.
    const auto unit = [at = now()](Session& session) -> Result<std::int64_t> {
      jobs::release_all(session, at);
      return jobs::correct(session, at);
    };
    auto writing = store_.write(unit);
    const auto corrected = co_await writing;
    if (!corrected)
      spdlog::warn("jobs of the process before must wait for their leases: {}", corrected.error().message);
    else if (*corrected > 0)
      spdlog::warn("{} jobs were stored while the clock was ahead of now: they wait that much less", *corrected);
  }
  wall_ahead_ = wall_ahead();
  while (!stopping_) {
    if (store_.engine() == Engine::kSqlite) {
      auto following = follow_clock();
      co_await following;
    }
    wake();
    co_await clock_.sleep(kPoll);
  }
}

// When the wall clock is put back, what was to be in five seconds would be in an hour, or in ten years. A job
// that comes too early by this is one that looks. (Forward, all is due at once, which harms nobody. Many nodes on
// one PostgreSQL have many clocks, so there each job waits for whoever finds it due.)
Task<void> StoredJobs::follow_clock() {
  const Duration ahead = wall_ahead();
  const Duration back = wall_ahead_ - ahead;
  if (back < kClockStep) {
    wall_ahead_ = ahead;
    co_return;
  }
  const auto unit = [back, at = now()](Session& session) -> Result<Done> {
    jobs::bring_forward(session, at, back.count());
    return Done{};
  };
  auto writing = store_.write(unit);
  const auto written = co_await writing;
  if (!written) co_return;  // The next poll tries again.
  wall_ahead_ = ahead;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [id, running] : running_) running.lease_end -= back.count();
  }
  spdlog::warn("the clock was put back by {} s: jobs wait that much less",
               std::chrono::duration_cast<std::chrono::seconds>(back).count());
}

Task<void> StoredJobs::pass() {
  for (;;) {
    pass_ = kBusy;
    auto renewing = renew_leases();
    co_await renewing;
    auto looking = look();
    co_await looking;
    int seen = kBusy;
    if (pass_.compare_exchange_strong(seen, kIdle)) co_return;
  }
}

Task<void> StoredJobs::look() {
  std::vector<std::pair<const JobKind*, std::int64_t>> open;
  for (const auto& [name, kind] : kinds_)
    if (const std::int64_t places = free_places(kind); places > 0) open.emplace_back(&kind, places);
  const auto query = [&open, at = now()](Session& session) -> Result<Done> {
    std::erase_if(open, [&](const auto& entry) { return !jobs::any_due(session, entry.first->kind, at); });
    return Done{};
  };
  auto reading = store_.read(query);
  const auto found = co_await reading;
  if (!found || stopping_) co_return;
  for (const auto& [kind, places] : open) {
    auto claiming = claim(*kind, places);
    co_await claiming;
  }
}

Task<void> StoredJobs::claim(const JobKind& kind, std::int64_t places) {
  const std::int64_t at = now();
  const std::int64_t lease_end = at + lease_micros(kind);
  const std::string owner = owner_();
  const auto unit = [&kind, places, at, lease_end, owner](Session& session) -> Result<std::vector<Job>> {
    return jobs::claim(session, kind.kind, at, lease_end, owner, places);
  };
  auto writing = store_.write(unit);
  auto claimed = co_await writing;
  if (!claimed) {
    spdlog::warn("no {} job could be claimed: {}", kind.kind, claimed.error().message);
    co_return;
  }
  for (Job& job : *claimed) {
    {
      const std::lock_guard lock(mutex_);
      // Our own lease had run out under a run that goes on: that run has it again.
      if (!running_.insert_or_assign(job.id, Running{&kind, lease_end, owner}).second) continue;
    }
    executor_.spawn("job", run(kind, std::move(job), owner));
  }
}

std::int64_t StoredJobs::free_places(const JobKind& kind) {
  const std::lock_guard lock(mutex_);
  const auto taken = std::count_if(running_.begin(), running_.end(),
                                   [&kind](const auto& entry) { return entry.second.kind == &kind; });
  return kind.max_parallel - taken;
}

// A run may take longer than its lease: at half of it, the lease starts anew.
Task<void> StoredJobs::renew_leases() {
  std::vector<std::tuple<std::string, std::string, std::int64_t>> due;
  {
    const std::lock_guard lock(mutex_);
    const std::int64_t at = now();
    for (auto& [id, running] : running_) {
      const std::int64_t lease = lease_micros(*running.kind);
      if (running.lease_end - at > lease / 2) continue;
      running.lease_end = at + lease;
      due.emplace_back(id, running.owner, running.lease_end);
    }
  }
  if (due.empty()) co_return;
  const auto unit = [&due](Session& session) -> Result<Done> {
    for (const auto& [id, owner, lease_end] : due) jobs::renew(session, id, owner, lease_end);
    return Done{};
  };
  auto writing = store_.write(unit);
  const auto written = co_await writing;
  if (!written) spdlog::warn("leases of running jobs could not be renewed: {}", written.error().message);
}

Task<void> StoredJobs::run(const JobKind& kind, Job job, std::string owner) {
  Result<JobOutcome> outcome = Error{Error::Kind::kBroken, "it ended by an exception", "", ""};
  try {
    auto running = kind.run(job);
    outcome = co_await running;
  } catch (const std::exception& bug) {
    spdlog::error("job {} ended by an exception: {}", job.id, bug.what());
  }
  auto settling = settle(kind, job, owner, std::move(outcome));
  co_await settling;
  {
    const std::lock_guard lock(mutex_);
    running_.erase(job.id);
  }
  wake();  // A place is free.
}

Task<void> StoredJobs::settle(const JobKind& kind, const Job& job, const std::string& owner,
                              Result<JobOutcome> outcome) {
  using Next = JobOutcome::Next;
  // What failed comes again by the schedule; past its end the job is dead.
  Next next = outcome ? outcome->next : Next::kAgainIn;
  std::int64_t pause = outcome ? outcome->pause.count() : 0;
  // A run that asks for its own pause has not failed: were it counted, a job that waited a few times would be
  // dead after its first failure.
  const bool counts = pause == 0;
  if (next == Next::kAgainIn && pause == 0) {
    const auto run_number = static_cast<std::size_t>(job.attempt);
    if (run_number < kind.schedule.size())
      pause = std::max(jittered(kind.schedule[run_number]), outcome ? outcome->at_least.count() : 0);
    else
      next = Next::kGiveUp;
  }
  const std::string why = outcome ? "" : outcome.error().message;
  if (next == Next::kGiveUp) spdlog::warn("job {} of kind {} is given up: {}", job.id, kind.kind, why);
  // The time is read by the unit: what was read before the clock was put back would be stored after the jobs
  // have been brought forward, and wait for an hour, or ten years.
  const auto unit = [this, &job, &owner, next, pause, counts, &why](Session& session) -> Result<Done> {
    if (next == Next::kDone) jobs::finish(session, job.id, owner);
    if (next == Next::kAgainIn) jobs::put_back(session, job.id, owner, now() + pause, now(), counts, why);
    if (next == Next::kGiveUp) jobs::bury(session, job.id, owner, why);
    return Done{};
  };
  // With the database away or its disk full, until it is back: else the job would wait for its lease.
  for (Duration wait = 100ms;; wait = std::min<Duration>(wait * 2, 2s)) {
    auto writing = store_.write(unit);
    const auto written = co_await writing;
    if (written) co_return;
    if (wait == Duration(100ms))
      spdlog::warn("the end of job {} cannot be stored yet: {}", job.id, written.error().message);
    if (stopping_) co_return;  // Its lease will run out, and it runs once more.
    auto sleeping = clock_.sleep(wait);
    co_await sleeping;
  }
}

}  // namespace

std::unique_ptr<Jobs> Jobs::make(Store& store, Executor& executor, Clock& clock, Random& random,
                                 std::function<std::string()> owner) {
  return std::make_unique<StoredJobs>(store, executor, clock, random, std::move(owner));
}

}  // namespace florin
