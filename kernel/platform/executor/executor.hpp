// Who runs what is ready. Workers are as many as cores and none of them ever blocks: what waits is a
// suspended coroutine, resumed through post(). A door of law 10: the simulation's executor is one thread
// that chooses who goes next from a seed.
#pragma once

#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <florin/task.hpp>

namespace florin {

class Executor {
 public:
  virtual ~Executor() = default;
  // Resumes `ready` on some worker, soon. From any thread; never runs it on the calling thread.
  virtual void post(std::coroutine_handle<> ready) = 0;

  // co_await executor.turn(): goes on on a worker.
  struct Turn {
    Executor& executor;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) const { executor.post(self); }
    void await_resume() const noexcept {}
  };
  Turn turn() { return Turn{*this}; }

  // Starts a task on a worker and lets go of it; it owns what it needs. What it throws is logged under
  // `name` (a string literal), counted, and ends only this task. drain() waits for it.
  void spawn(const char* name, Task<void> task);
  // The same, but it runs on this thread until it first waits: saves a turn where that is worth it.
  void begin(const char* name, Task<void> task);
  // How many spawned tasks have not ended; one has ended when all that it owned is gone too.
  std::int64_t running() const { return running_.load(std::memory_order_acquire); }
  // How many spawned tasks ended by an exception.
  std::int64_t failed() const { return failed_.load(std::memory_order_relaxed); }

 private:
  struct Root;
  static Root run_root(Executor& executor, const char* name, Task<void> task);
  std::atomic<std::int64_t> running_{0};
  std::atomic<std::int64_t> failed_{0};
};

// Threads. In a debug build a step that holds its worker for over 5 ms is logged and counted.
class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(unsigned workers = 0);  // 0: as many as cores.
  ~ThreadExecutor() override;                     // stop()s.
  void post(std::coroutine_handle<> ready) override;
  // Waits until every spawned task has ended, at most `limit`. True: all did.
  bool drain(std::chrono::milliseconds limit);
  // Joins the workers; what is still posted is never resumed. Stop I/O threads before the executor. Never
  // from a worker.
  void stop();
  std::int64_t slow_steps() const;  // Steps over 5 ms seen so far; counted in debug builds only.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Hands a value from a foreign thread (I/O, writer) to a waiting coroutine, which resumes on the executor.
// Made by the coroutine, awaited once; set() is called once, by anyone, before or after the await.
template <class T>
class Completion {
 public:
  explicit Completion(Executor& executor) : executor_(executor) {}
  void set(T value) {
    value_.emplace(std::move(value));
    if (void* waiting = state_.exchange(this, std::memory_order_acq_rel))
      executor_.post(std::coroutine_handle<>::from_address(waiting));
  }
  bool await_ready() const noexcept { return state_.load(std::memory_order_acquire) == this; }
  bool await_suspend(std::coroutine_handle<> self) noexcept {
    void* expected = nullptr;
    return state_.compare_exchange_strong(expected, self.address(), std::memory_order_acq_rel);
  }
  T await_resume() { return std::move(*value_); }

 private:
  Executor& executor_;
  std::optional<T> value_;
  std::atomic<void*> state_{nullptr};  // null, the waiting coroutine's address, or `this` when set.
};

}  // namespace florin
