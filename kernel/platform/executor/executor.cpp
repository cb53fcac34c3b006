// Spawned tasks, and the executor of threads: one queue, one condition variable. A payment posts a
// handful of times, so the queue is not what limits it; measure before making it cleverer.
#include "kernel/platform/executor/executor.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include <florin/check.hpp>

#include "kernel/platform/executor/task_keeper.hpp"
#include "kernel/platform/plugin_host/crash_signals.hpp"
#include "kernel/platform/executor/together.hpp"

namespace florin {

// A coroutine that owns its task and frees itself at the end.
struct Executor::Root {
  struct promise_type {
    promise_type(Executor& on, const char*, const Task<void>&)
        : executor(on), keeper(dynamic_cast<TaskKeeper*>(&on)) {
      if (keeper != nullptr) keeper->task_begins(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    Executor& executor;
    TaskKeeper* const keeper;
    Root get_return_object() { return Root{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept {
      if (keeper != nullptr) keeper->task_ends(std::coroutine_handle<promise_type>::from_promise(*this));
      // Last: drain()'s caller may destroy the executor now.
      executor.running_.fetch_sub(1, std::memory_order_acq_rel);
      return {};
    }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
  std::coroutine_handle<promise_type> frame;
};

Executor::Root Executor::run_root(Executor& executor, const char* name, Task<void> task) {
  // Gone before the task counts as ended, in final_suspend(): what its frame holds may point at what
  // drain()'s caller destroys next.
  const Task<void> owned = std::move(task);
  try {
    co_await owned;
  } catch (const std::exception& e) {
    executor.failed_.fetch_add(1, std::memory_order_relaxed);
    spdlog::error("task {} ended by an exception: {}", name, e.what());
  } catch (...) {
    executor.failed_.fetch_add(1, std::memory_order_relaxed);
    spdlog::error("task {} ended by an exception that is no std::exception", name);
  }
}

void Executor::spawn(const char* name, Task<void> task) {
  const Root root = run_root(*this, name, std::move(task));  // Throws when there is no memory: nothing runs then.
  running_.fetch_add(1, std::memory_order_acq_rel);
  post(root.frame);
}

void Executor::begin(const char* name, Task<void> task) {
  const Root root = run_root(*this, name, std::move(task));
  running_.fetch_add(1, std::memory_order_acq_rel);
  root.frame.resume();
}

namespace {

struct ReadyQueue {
  std::mutex mutex;
  std::condition_variable something;
  std::deque<std::coroutine_handle<>> ready;
  unsigned idle = 0;

  void push(const std::coroutine_handle<>* first, std::size_t count) {
    unsigned sleepers = 0;
    for (std::size_t put = 0; put < count;) {
      try {
        const std::lock_guard lock(mutex);
        for (; put < count; ++put) ready.push_back(first[put]);
        sleepers = idle;
      } catch (const std::bad_alloc&) {
        // What is posted must go on, and there is memory again when others have ended.
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
    if (sleepers == 0 || count == 0) return;
    if (count == 1)
      something.notify_one();
    else
      something.notify_all();
  }
};

// What this thread puts aside (together.hpp): of one queue, which is nearly always the only one there is.
struct HeldBack {
  bool holding = false;
  ReadyQueue* queue = nullptr;
  std::vector<std::coroutine_handle<>> posts;
};
thread_local HeldBack held_back;

}  // namespace

PostTogether::PostTogether() {
  FLORIN_CHECK(!std::exchange(held_back.holding, true), "what a thread posts together is posted once");
}

PostTogether::~PostTogether() {
  held_back.holding = false;
  if (ReadyQueue* const queue = std::exchange(held_back.queue, nullptr))
    queue->push(held_back.posts.data(), held_back.posts.size());
  held_back.posts.clear();
}

struct ThreadExecutor::State : ReadyQueue {
  bool stopping = false;
  std::atomic<std::int64_t> slow{0};
  std::vector<std::thread> workers;

  void work() {
    std::unique_lock lock(mutex);
    for (;;) {
      while (ready.empty() && !stopping) {
        ++idle;
        something.wait(lock);
        --idle;
      }
      if (stopping) return;
      const std::coroutine_handle<> next = ready.front();
      ready.pop_front();
      lock.unlock();
      step(next);
      lock.lock();
    }
  }

  void step(std::coroutine_handle<> next) {
#ifndef FLORIN_DEBUG
    next.resume();
    crash::step_ended();
#else
    const auto before = std::chrono::steady_clock::now();
    next.resume();
    crash::step_ended();
    const auto took = std::chrono::steady_clock::now() - before;
    if (took > std::chrono::milliseconds(5)) {
      slow.fetch_add(1, std::memory_order_relaxed);
      spdlog::warn("a step held its worker for {} us",
                    std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    }
#endif
  }
};

ThreadExecutor::ThreadExecutor(unsigned workers) : state_(std::make_unique<State>()) {
  const unsigned count = workers != 0 ? workers : std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < count; ++i)
    state_->workers.emplace_back([state = state_.get()] { state->work(); });
}

ThreadExecutor::~ThreadExecutor() { stop(); }

void ThreadExecutor::post(std::coroutine_handle<> ready) {
  const bool held = held_back.holding && (held_back.queue == nullptr || held_back.queue == state_.get());
  if (!held) return state_->push(&ready, 1);
  try {
    held_back.posts.push_back(ready);
    held_back.queue = state_.get();
  } catch (const std::bad_alloc&) {
    state_->push(&ready, 1);
  }
}

bool ThreadExecutor::drain(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (running() > 0) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

void ThreadExecutor::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->something.notify_all();
  for (std::thread& worker : state_->workers)
    if (worker.joinable()) worker.join();
}

std::int64_t ThreadExecutor::slow_steps() const { return state_->slow.load(std::memory_order_relaxed); }

}  // namespace florin
