// What a durable job promises, on both engines.
#include "kernel/platform/jobs/jobs.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>

#include <gtest/gtest.h>

#include "kernel/platform/jobs/job_table.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;
using Next = JobOutcome::Next;

class DurableJobs : public test::StoreTest {
 protected:
  // What the jobs of a test did.
  struct Seen {
    std::mutex mutex;
    std::map<std::string, int> runs;
    int now = 0, most = 0;
    int total() {
      const std::lock_guard lock(mutex);
      int sum = 0;
      for (const auto& [id, count] : runs) sum += count;
      return sum;
    }
  };

  void SetUp() override {
    StoreTest::SetUp();
    if (!IsSkipped()) jobs_ = Jobs::make(store(), executor(), clock_, system_random());
  }
  void TearDown() override {
    if (jobs_) jobs_->stop();
    clock_.stop();
    StoreTest::TearDown();
  }

  static Task<Result<JobOutcome>> answer(Seen& seen, Clock& clock, Job job, Duration takes,
                                         Result<JobOutcome> outcome) {
    {
      const std::lock_guard lock(seen.mutex);
      seen.runs[job.id] += 1;
      seen.most = std::max(seen.most, ++seen.now);
    }
    if (takes > 0us) co_await clock.sleep(takes);
    {
      const std::lock_guard lock(seen.mutex);
      --seen.now;
    }
    co_return outcome;
  }
  static Task<Result<JobOutcome>> throw_up(Job) {
    throw std::runtime_error("a bug");
    co_return JobOutcome{};
  }
  JobKind kind(Result<JobOutcome> outcome = JobOutcome{}, Duration takes = 0us) {
    JobKind made;
    made.kind = "test";
    made.schedule = {0s, 0s};
    made.run = [this, outcome, takes](Job job) {
      return answer(seen_, clock_, std::move(job), takes, outcome);
    };
    return made;
  }

  std::int64_t now() const { return micros(clock_.now()); }
  void enqueue(const std::string& id, std::int64_t due) {
    const auto written = write([&](Session& session) -> Result<Done> {
      jobs_->enqueue(session, Job{id, "test", "{}"}, due);
      return Done{};
    });
    ASSERT_TRUE(written) << written.error().message;
    jobs_->wake();
  }
  Jobs::Counts counts() { return *jobs_->counts().run(); }
  template <class Condition>
  static bool eventually(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }
  bool all_done() {
    return eventually([this] {
      const Jobs::Counts seen = counts();  // Once: between two looks a running job may go back to waiting.
      return seen.waiting + seen.running == 0;
    });
  }

  SystemClock clock_{executor()};
  Seen seen_;
  std::unique_ptr<Jobs> jobs_;
};
FLORIN_BOTH_ENGINES(DurableJobs);

TEST_P(DurableJobs, RunsOnceItsUnitHasCommittedAndIsThenGone) {
  jobs_->add_kind(kind());
  jobs_->start();
  enqueue("a", now());

  EXPECT_TRUE(all_done());
  EXPECT_EQ(seen_.runs["a"], 1);
}

TEST_P(DurableJobs, OfAUnitThatFailsDoesNotExist) {
  jobs_->add_kind(kind());
  const auto written = write([this](Session& session) -> Result<Done> {
    jobs_->enqueue(session, Job{"a", "test", "{}"}, now());
    return Error{Error::Kind::kConflict, "refused", "", ""};
  });

  EXPECT_FALSE(written);
  EXPECT_EQ(counts().waiting, 0);
}

TEST_P(DurableJobs, EnqueuedTwiceUnderOneIdIsOne) {
  jobs_->add_kind(kind());
  enqueue("a", now());
  enqueue("a", now() + 1'000'000'000);
  EXPECT_EQ(counts().waiting, 1);

  jobs_->start();

  EXPECT_TRUE(all_done());
  EXPECT_EQ(seen_.runs["a"], 1);
}

TEST_P(DurableJobs, DoesNotRunBeforeItIsDueNorWhenCanceled) {
  jobs_->add_kind(kind());
  enqueue("later", now() + 1'000'000'000);
  enqueue("canceled", now());
  ASSERT_TRUE(write([this](Session& session) -> Result<Done> {
    jobs_->cancel(session, "canceled");
    return Done{};
  }));
  jobs_->start();
  enqueue("now", now());

  ASSERT_TRUE(eventually([this] { return counts().waiting == 1 && counts().running == 0; }));
  EXPECT_EQ(seen_.runs["now"], 1);
  EXPECT_EQ(seen_.runs.count("later") + seen_.runs.count("canceled"), 0u);
}

TEST_P(DurableJobs, ThatFailsRunsByItsScheduleAndIsThenKeptAsDead) {
  jobs_->add_kind(kind(Error{Error::Kind::kUnreachable, "nobody there", "", ""}));
  jobs_->start();
  enqueue("a", now());

  EXPECT_TRUE(eventually([this] { return counts().dead == 1; }));
  EXPECT_EQ(seen_.runs["a"], 3) << "once, and by both pauses of the schedule";
}

TEST_P(DurableJobs, ThatThrowsIsRetriedAsIfItHadFailed) {
  JobKind throwing = kind();
  throwing.run = [](Job job) { return throw_up(std::move(job)); };
  jobs_->add_kind(std::move(throwing));
  jobs_->start();
  enqueue("a", now());

  EXPECT_TRUE(eventually([this] { return counts().dead == 1; }));
}

TEST_P(DurableJobs, ThatGivesUpIsDeadAtOnce) {
  jobs_->add_kind(kind(JobOutcome{Next::kGiveUp}));
  jobs_->start();
  enqueue("a", now());

  EXPECT_TRUE(eventually([this] { return counts().dead == 1; }));
  EXPECT_EQ(seen_.runs["a"], 1);
}

TEST_P(DurableJobs, ThatAsksForItsOwnPauseComesAgainHoweverOften) {
  jobs_->add_kind(kind(JobOutcome{Next::kAgainIn, 1ms}));
  jobs_->start();
  enqueue("a", now());

  EXPECT_TRUE(eventually([this] { return seen_.total() > 4; }));
  EXPECT_EQ(counts().dead, 0);
}

TEST_P(DurableJobs, ThatAskedForItsOwnPausesHasItsWholeScheduleLeft) {
  JobKind patient = kind();
  patient.run = [this](Job job) {
    const int before = seen_.total();
    Result<JobOutcome> outcome = JobOutcome{Next::kAgainIn, 1ms};
    if (before >= 5) outcome = Error{Error::Kind::kUnreachable, "nobody there", "", ""};
    return answer(seen_, clock_, std::move(job), 0us, std::move(outcome));
  };
  jobs_->add_kind(std::move(patient));
  jobs_->start();
  enqueue("a", now());

  EXPECT_TRUE(eventually([this] { return counts().dead == 1; }));
  EXPECT_EQ(seen_.runs["a"], 5 + 3) << "five waits, then the first try and the schedule's two";
}

TEST_P(DurableJobs, ThatAskForALongerPauseHaveItAndStillEndWithTheirSchedule) {
  constexpr Duration asked = 300ms;
  jobs_->add_kind(kind(JobOutcome{Next::kAgainIn, 0us, asked}));
  jobs_->start();
  const auto began = std::chrono::steady_clock::now();
  enqueue("a", now());

  EXPECT_TRUE(eventually([this] { return counts().dead == 1; }));
  EXPECT_GE(std::chrono::steady_clock::now() - began, 2 * asked);
  EXPECT_EQ(seen_.runs["a"], 3);
}

TEST_P(DurableJobs, ThatAskForAShorterPauseWaitAsTheirScheduleSays) {
  JobKind slow = kind(JobOutcome{Next::kAgainIn, 0us, 1s});
  slow.schedule = {1000s};
  jobs_->add_kind(std::move(slow));
  jobs_->start();
  enqueue("a", now());
  ASSERT_TRUE(eventually([this] { return seen_.total() == 1 && counts().running == 0; }));

  const auto due = read([](Session& session) -> Result<std::int64_t> {
    return std::get<0>(*session.one<std::tuple<std::int64_t>>("SELECT due FROM jobs"));
  });
  ASSERT_TRUE(due);
  EXPECT_GE(*due - now(), 780'000'000);
}

TEST_P(DurableJobs, PausesAreSpreadByAFifthEitherWay) {
  JobKind slow = kind(Error{Error::Kind::kUnreachable, "nobody there", "", ""});
  slow.schedule = {1000s};
  jobs_->add_kind(std::move(slow));
  jobs_->start();
  for (int i = 0; i < 20; ++i) enqueue("job" + std::to_string(i), now());
  ASSERT_TRUE(eventually([this] { return seen_.total() == 20 && counts().running == 0; }));

  const std::int64_t at = now();
  const auto dues = read([](Session& session) -> Result<std::vector<std::tuple<std::int64_t>>> {
    return session.all<std::tuple<std::int64_t>>("SELECT due FROM jobs");
  });
  ASSERT_TRUE(dues);
  std::int64_t least = INT64_MAX, most = 0;
  for (const auto& [due] : *dues) {
    least = std::min(least, due - at);
    most = std::max(most, due - at);
  }
  EXPECT_GE(least, 780'000'000);
  EXPECT_LE(most, 1'200'000'000);
  EXPECT_GT(most - least, 10'000'000);
}

TEST_P(DurableJobs, NoMoreThanMaxParallelRunAtOnce) {
  JobKind narrow = kind(JobOutcome{}, 2ms);
  narrow.max_parallel = 3;
  jobs_->add_kind(std::move(narrow));
  for (int i = 0; i < 30; ++i) enqueue("job" + std::to_string(i), now());
  jobs_->start();

  EXPECT_TRUE(all_done());
  EXPECT_EQ(seen_.total(), 30);
  EXPECT_EQ(seen_.most, 3);
}

TEST_P(DurableJobs, OfAProcessThatDiedRunsAgainWhenItsLeaseHasRunOut) {
  jobs_->add_kind(kind());
  jobs_->start();
  enqueue("kept", now() + 1'000'000'000);
  enqueue("orphan", now() + 1'000'000'000);
  const std::int64_t lease_end = now() + 400'000;
  ASSERT_TRUE(write([lease_end](Session& session) -> Result<Done> {
    session.execute("UPDATE jobs SET state = 'running', owner = 'dead', due = :due WHERE id = 'orphan'",
                    lease_end);
    session.execute("UPDATE jobs SET state = 'running', owner = 'alive' WHERE id = 'kept'");
    return Done{};
  }));

  ASSERT_TRUE(eventually([this] { return seen_.total() == 1; }));
  EXPECT_GE(now(), lease_end);
  EXPECT_EQ(seen_.runs.count("kept"), 0u);
}

TEST_P(DurableJobs, ThatTakesLongerThanItsLeaseKeepsItAndRunsOnce) {
  JobKind slow = kind(JobOutcome{}, 1600ms);
  slow.lease = 1s;
  jobs_->add_kind(std::move(slow));
  jobs_->start();
  enqueue("a", now());

  EXPECT_TRUE(all_done());
  EXPECT_EQ(seen_.runs["a"], 1);
}

TEST_P(DurableJobs, TwoNodesShareThemAndRunEachOnce) {
  if (GetParam() == Engine::kSqlite) GTEST_SKIP() << "a SQLite file has one node";
  const auto other_store = open_store(options());
  ASSERT_TRUE(other_store);
  const auto other = Jobs::make(**other_store, executor(), clock_, system_random());
  other->add_kind(kind(JobOutcome{}, 1ms));
  jobs_->add_kind(kind(JobOutcome{}, 1ms));
  ASSERT_TRUE(write([this](Session& session) -> Result<Done> {
    for (int i = 0; i < 300; ++i)
      jobs_->enqueue(session, Job{"job" + std::to_string(i), "test", "{}"}, now());
    return Done{};
  }));
  jobs_->start();
  other->start();

  EXPECT_TRUE(all_done());
  other->stop();
  jobs_->stop();
  ASSERT_TRUE(executor().drain(10s));
  EXPECT_EQ(seen_.runs.size(), 300u);
  EXPECT_EQ(seen_.total(), 300);
}

TEST_P(DurableJobs, OfAnOwnerWhoIsDeadRunAtOnceAndNobodyElsesDo) {
  if (GetParam() == Engine::kSqlite) GTEST_SKIP() << "a SQLite file has one node";
  jobs_->add_kind(kind());
  enqueue("orphan", now());
  ASSERT_TRUE(write([this](Session& session) -> Result<Done> {
    jobs::claim(session, "test", now(), now() + 1'000'000'000, "dead", 1);
    return Done{};
  }));
  enqueue("kept", now());
  ASSERT_TRUE(write([this](Session& session) -> Result<Done> {
    jobs::claim(session, "test", now(), now() + 1'000'000'000, "alive", 1);
    jobs_->release(session, "dead");
    return Done{};
  }));

  jobs_->start();

  EXPECT_TRUE(eventually([this] { return seen_.total() == 1 && counts().running == 1; }));
  EXPECT_EQ(seen_.runs["orphan"], 1);
}

TEST_P(DurableJobs, OfTheProcessBeforeRunAtOnceWhereThereIsOnlyOne) {
  if (GetParam() == Engine::kPostgres) GTEST_SKIP() << "another node may be running it";
  jobs_->add_kind(kind());
  enqueue("a", now());
  ASSERT_TRUE(write([this](Session& session) -> Result<Done> {
    jobs::claim(session, "test", now(), now() + 1'000'000'000, "dead", 1);
    return Done{};
  }));
  ASSERT_EQ(counts().running, 1);

  jobs_->start();

  EXPECT_TRUE(all_done());
  EXPECT_EQ(seen_.runs["a"], 1);
}

TEST_P(DurableJobs, OfAProcessWhoseClockWasTenYearsAheadDoNotWaitTenYears) {
  if (GetParam() == Engine::kPostgres) GTEST_SKIP() << "many nodes on one PostgreSQL have many clocks";
  jobs_->add_kind(kind());
  constexpr std::int64_t kTenYears = 10LL * 365 * 86'400 * 1'000'000;
  ASSERT_TRUE(write([this](Session& session) -> Result<Done> {
    jobs::insert(session, Job{"soon", "test", "{}"}, now() + kTenYears, now() + kTenYears);
    jobs::insert(session, Job{"later", "test", "{}"}, now() + 1'000'000'000, now());
    return Done{};
  }));

  jobs_->start();

  EXPECT_TRUE(eventually([this] { return seen_.total() == 1 && counts().running == 0; }));
  EXPECT_EQ(seen_.runs.count("later"), 0u);
}

}  // namespace
}  // namespace florin
