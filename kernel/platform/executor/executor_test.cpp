// What runs on the executor: off the caller's thread, on as many workers as were asked for, to its end or
// not at all; and that a value from a foreign thread reaches the coroutine that waits for it.
#include "kernel/platform/executor/executor.hpp"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "kernel/platform/executor/together.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

Task<std::thread::id> where_after_turn(Executor& executor) {
  co_await executor.turn();
  co_return std::this_thread::get_id();
}

TEST(Executor, TurnGoesOnOnAWorkerAndNeverOnTheCaller) {
  ThreadExecutor executor(2);
  for (int i = 0; i < 100; ++i) EXPECT_NE(where_after_turn(executor).run(), std::this_thread::get_id());
}

Task<void> count_in_turns(Executor& executor, std::atomic<int>& count, int turns) {
  for (int i = 0; i < turns; ++i) {
    co_await executor.turn();
    count.fetch_add(1);
  }
}

TEST(Executor, DrainWaitsForEverySpawnedTask) {
  ThreadExecutor executor(4);
  std::atomic<int> count = 0;
  for (int i = 0; i < 200; ++i) executor.spawn("count", count_in_turns(executor, count, 50));
  EXPECT_TRUE(executor.drain(30s));
  EXPECT_EQ(count.load(), 200 * 50);
  EXPECT_EQ(executor.running(), 0);
}

Task<void> wait_for(Completion<int>& completion, int* got) { *got = co_await completion; }

TEST(Executor, WhatAThreadPostsTogetherRunsOnlyAfterwardsAndThenAllOfIt) {
  ThreadExecutor executor(2), another(1);
  std::atomic<int> count = 0;
  {
    const PostTogether together;
    for (int i = 0; i < 100; ++i) executor.spawn("count", count_in_turns(executor, count, 0));
    executor.spawn("count", count_in_turns(executor, count, 1));
    another.spawn("count", count_in_turns(another, count, 1));
    EXPECT_TRUE(another.drain(30s)) << "what belongs to another executor is not held back";
    EXPECT_FALSE(executor.drain(20ms));
    EXPECT_EQ(executor.running(), 101);
  }
  EXPECT_TRUE(executor.drain(30s));
  EXPECT_EQ(count.load(), 2);
}

TEST(Executor, DrainGivesUpAtItsLimit) {
  ThreadExecutor executor(1);
  Completion<int> never(executor);
  int got = 0;
  executor.spawn("wait", wait_for(never, &got));
  EXPECT_FALSE(executor.drain(20ms));
  EXPECT_EQ(executor.running(), 1);
  never.set(5);
  EXPECT_TRUE(executor.drain(30s));
  EXPECT_EQ(got, 5);
}

Task<void> throw_something(bool standard) {
  if (standard) throw std::runtime_error("boom");
  throw 42;
  co_return;
}

TEST(Executor, WhatATaskThrowsEndsOnlyThatTaskAndIsCounted) {
  ThreadExecutor executor(2);
  std::atomic<int> count = 0;
  executor.spawn("throws", throw_something(true));
  executor.spawn("throws", throw_something(false));
  executor.spawn("counts", count_in_turns(executor, count, 10));
  EXPECT_TRUE(executor.drain(30s));
  EXPECT_EQ(executor.failed(), 2);
  EXPECT_EQ(count.load(), 10);
}

// Tells when it is destroyed, and takes its time about it.
struct Slow {
  std::atomic<bool>* gone;
  explicit Slow(std::atomic<bool>* flag) : gone(flag) {}
  Slow(const Slow&) = delete;
  ~Slow() {
    std::this_thread::sleep_for(20ms);
    *gone = true;
  }
};
Task<void> holds(std::shared_ptr<Slow>) { co_return; }

TEST(Executor, ATaskHasEndedOnlyWhenAllThatItOwnedIsGone) {
  ThreadExecutor executor(1);
  std::atomic<bool> gone = false;
  executor.spawn("holds", holds(std::make_shared<Slow>(&gone)));
  EXPECT_TRUE(executor.drain(30s));
  EXPECT_TRUE(gone);
}

TEST(Executor, WorksOnAsManyThreadsAsItWasGiven) {
  ThreadExecutor executor(3);
  // Three steps that block until all three run: only possible side by side.
  std::promise<void> all;
  std::shared_future<void> together = all.get_future().share();
  std::atomic<int> arrived = 0;
  struct Meeting {
    static Task<void> attend(std::atomic<int>& count, std::promise<void>& last, std::shared_future<void> go) {
      if (count.fetch_add(1) == 2) last.set_value();
      go.wait();
      co_return;
    }
  };
  for (int i = 0; i < 3; ++i) executor.spawn("meet", Meeting::attend(arrived, all, together));
  EXPECT_TRUE(executor.drain(30s));
}

TEST(Executor, StopJoinsWhileThereIsStillWork) {
  // Kept until the process ends: what is never resumed stays in its queue.
  static auto* const executor = new ThreadExecutor(2);
  std::atomic<bool> started = false;
  struct Endless {
    static Task<void> turn(Executor& on, std::atomic<bool>& flag) {
      for (;;) {
        flag = true;
        co_await on.turn();
      }
    }
  };
  executor->spawn("endless", Endless::turn(*executor, started));
  while (!started) std::this_thread::yield();
  executor->stop();
  executor->stop();
  EXPECT_EQ(executor->running(), 1);
}

Task<int> await_completion(Completion<int>& completion) { co_return co_await completion; }

TEST(Completion, CarriesAValueSetBeforeAndAfterTheAwait) {
  ThreadExecutor executor(2);
  Completion<int> before(executor);
  before.set(1);
  EXPECT_EQ(await_completion(before).run(), 1);
  for (int round = 0; round < 2'000; ++round) {
    Completion<int> racing(executor);
    std::thread setter([&racing, round] { racing.set(round); });
    EXPECT_EQ(await_completion(racing).run(), round);
    setter.join();
  }
}

#ifdef FLORIN_DEBUG
TEST(Executor, CountsStepsThatHoldTheirWorker) {
  ThreadExecutor executor(1);
  struct Blocks {
    static Task<void> on_a_worker() {
      std::this_thread::sleep_for(8ms);
      co_return;
    }
  };
  executor.spawn("blocks", Blocks::on_a_worker());
  EXPECT_TRUE(executor.drain(30s));
  executor.stop();
  EXPECT_EQ(executor.slow_steps(), 1);
}
#endif

}  // namespace
}  // namespace florin
