// Sleeping for at least as long as was asked, waking in order, at once when the clock stops; and how
// instants are written.
#include "kernel/platform/clock/clock.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace florin {
namespace {

using namespace std::chrono_literals;

Task<void> sleep_and_measure(Clock& clock, Duration pause, std::atomic<std::int64_t>* slept) {
  const Duration before = clock.monotonic();
  co_await clock.sleep(pause);
  *slept = (clock.monotonic() - before).count();
}

TEST(SystemClock, WakesEverySleeperAndNoneBeforeItsTime) {
  ThreadExecutor executor(1);
  SystemClock clock(executor);
  constexpr Duration kPauses[] = {40ms, 0ms, -5ms, 20ms, 1us};
  std::atomic<std::int64_t> slept[std::size(kPauses)];
  for (std::size_t i = 0; i < std::size(kPauses); ++i) {
    slept[i] = -1'000'000;
    executor.spawn("sleep", sleep_and_measure(clock, kPauses[i], &slept[i]));
  }
  EXPECT_TRUE(executor.drain(30s));
  for (std::size_t i = 0; i < std::size(kPauses); ++i) EXPECT_GE(slept[i].load(), kPauses[i].count());
}

TEST(SystemClock, ASleeperGoesOnOnAWorker) {
  ThreadExecutor executor(1);
  SystemClock clock(executor);
  struct Where {
    static Task<std::thread::id> after(Clock& on) {
      co_await on.sleep(1ms);
      co_return std::this_thread::get_id();
    }
    static Task<std::thread::id> of_worker(Executor& on) {
      co_await on.turn();
      co_return std::this_thread::get_id();
    }
  };
  EXPECT_EQ(Where::after(clock).run(), Where::of_worker(executor).run());
}

TEST(SystemClock, StopWakesEverySleeperAndLetsNobodySleepAgain) {
  ThreadExecutor executor(2);
  SystemClock clock(executor);
  std::atomic<std::int64_t> slept[2];
  executor.spawn("sleep", sleep_and_measure(clock, 24h, &slept[0]));
  executor.spawn("sleep", sleep_and_measure(clock, Duration::max(), &slept[1]));
  clock.stop();
  EXPECT_TRUE(executor.drain(30s));
  clock.sleep(24h).run();
}

TEST(SystemClock, TellsTheTimeOfTheSystem) {
  ThreadExecutor executor(1);
  const SystemClock clock(executor);
  const auto system = std::chrono::system_clock::now();
  EXPECT_LT(std::chrono::abs(clock.now() - system), 5s);
}

TEST(InstantText, IsRfc3339WithMillisecondsInUtc) {
  EXPECT_EQ(to_text(from_micros(1'795'198'102'123'999)), "2026-11-20T18:08:22.123Z");
  EXPECT_EQ(to_text(from_micros(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_text(from_micros(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_text(from_micros(4'107'542'399'000'000)), "2100-02-28T23:59:59.000Z");
}

TEST(InstantNumbers, FloorAndReadBack) {
  EXPECT_EQ(unix_seconds(from_micros(1'999'999)), 1);
  EXPECT_EQ(unix_seconds(from_micros(-1)), -1);
  EXPECT_EQ(micros(from_micros(1'795'198'102'123'999)), 1'795'198'102'123'999);
}

}  // namespace
}  // namespace florin
