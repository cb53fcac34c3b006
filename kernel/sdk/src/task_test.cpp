// What a Task promises: lazy, no deeper stack for any number of awaits, exceptions to its caller, and a
// caller that goes on wherever the Task ends.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <florin/result.hpp>
#include <florin/task.hpp>

namespace florin {
namespace {

// Resumes the awaiting coroutine on a thread of its own, at once: often before it has finished suspending.
struct OnAnotherThread {
  std::thread* thread;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> self) const {
    *thread = std::thread([self] { self.resume(); });
  }
  void await_resume() const noexcept {}
};

Task<std::int64_t> ready_one(std::uintptr_t* stack) {
  // Not a local's address: the address sanitizer keeps locals elsewhere.
  *stack = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  co_return 1;
}

Task<std::int64_t> sum_of_ready(std::int64_t count, std::uintptr_t* first, std::uintptr_t* last) {
  std::int64_t sum = co_await ready_one(first);
  for (std::int64_t i = 1; i < count; ++i) sum += co_await ready_one(last);
  co_return sum;
}

TEST(Task, TenMillionAwaitsOfReadyTasksDoNotGrowTheStack) {
  std::uintptr_t first = 0, last = 0;
  EXPECT_EQ(sum_of_ready(10'000'000, &first, &last).run(), 10'000'000);
  EXPECT_LT(first > last ? first - last : last - first, 4096U);
}

Task<int> count_starts(int* starts) {
  ++*starts;
  co_return *starts;
}

TEST(Task, IsLazyAndNeverRunsWhenNobodyAwaitsIt) {
  int starts = 0;
  { const Task<int> dropped = count_starts(&starts); }
  EXPECT_EQ(starts, 0);
  EXPECT_EQ(count_starts(&starts).run(), 1);
}

Task<int> fail_after_hop(std::thread* thread, bool hop) {
  OnAnotherThread other{thread};
  if (hop) co_await other;
  throw std::runtime_error("no");
}
Task<std::string> catch_it(std::thread* thread, bool hop) {
  Task<int> failing = fail_after_hop(thread, hop);
  try {
    co_return std::to_string(co_await failing);
  } catch (const std::runtime_error& error) {
    co_return error.what();
  }
}

TEST(Task, ExceptionsReachTheCallerFromBeforeAndAfterASuspension) {
  std::thread thread;
  EXPECT_EQ(catch_it(&thread, false).run(), "no");
  EXPECT_EQ(catch_it(&thread, true).run(), "no");
  thread.join();
  EXPECT_THROW(fail_after_hop(&thread, false).run(), std::runtime_error);
}

Task<int> hop_and_answer(std::thread* thread, int answer) {
  OnAnotherThread other{thread};
  co_await other;
  co_return answer;
}
Task<std::thread::id> after_hop(std::thread* thread, int* answer) {
  Task<int> hopping = hop_and_answer(thread, 7);
  *answer = co_await hopping;
  co_return std::this_thread::get_id();
}

TEST(Task, CallerGoesOnWhereTheTaskEndedOrOnItsOwnThreadWhenThatWasFaster) {
  for (int round = 0; round < 500; ++round) {
    std::thread thread;
    int answer = 0;
    const std::thread::id where = after_hop(&thread, &answer).run();
    EXPECT_EQ(answer, 7);
    EXPECT_TRUE(where == thread.get_id() || where == std::this_thread::get_id());
    thread.join();
  }
}

Task<int> deep(int levels) {
  if (levels == 0) co_return 0;
  co_return 1 + co_await deep(levels - 1);
}
Task<void> move_only(std::unique_ptr<int> in, std::unique_ptr<int>* out) {
  *out = std::move(in);
  co_return;
}
Task<Result<int>> refuse() { co_return Error{Error::Kind::kInvalid, "no", "", ""}; }

TEST(Task, CarriesValuesErrorsAndNothingAtAll) {
  EXPECT_EQ(deep(200).run(), 200);
  std::unique_ptr<int> out;
  move_only(std::make_unique<int>(5), &out).run();
  ASSERT_TRUE(out);
  EXPECT_EQ(*out, 5);
  EXPECT_EQ(refuse().run().error().message, "no");
}

}  // namespace
}  // namespace florin
