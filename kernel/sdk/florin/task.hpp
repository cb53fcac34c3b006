// Task<T>: a lazy coroutine, the shape of everything that waits. It starts when it is awaited, on the
// thread that awaits it, and goes on where what it waited for puts it.
//
// The caller is resumed by a flag, not by symmetric transfer: that is no tail call in GCC 12 at -O0, -O1
// or under sanitizers, and grows the stack with every await.
//
// In a `co_await` expression write no braces, no capturing lambda and no `?:` (GCC 12.2 makes a crash of
// them): name the value on the line before. A Task is awaited where it is made, so reference parameters
// are safe; a coroutine that outlives its caller takes values.
#pragma once

#include <atomic>
#include <coroutine>
#include <exception>
#include <optional>
#include <semaphore>
#include <utility>
#include <variant>

#include <florin/check.hpp>

namespace florin {

template <class T = void>
class Task;

namespace detail {

class PromiseBase {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }

  struct Finish {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      PromiseBase& promise = self.promise();
      const std::coroutine_handle<> caller = promise.caller_;
      // Nothing of the frame may be touched after the exchange: the caller may be destroying it.
      if (promise.flag_.exchange(true, std::memory_order_acq_rel)) caller.resume();
    }
    void await_resume() const noexcept {}
  };
  Finish final_suspend() noexcept { return {}; }

  // True: the caller stays suspended and the Task will resume it. False: the Task has ended already.
  bool start(std::coroutine_handle<> self, std::coroutine_handle<> caller) noexcept {
    caller_ = caller;
    self.resume();
    return !flag_.exchange(true, std::memory_order_acq_rel);
  }

 private:
  std::coroutine_handle<> caller_;
  // Set first by whichever comes first: the Task's end or its caller's suspension. The second acts.
  std::atomic<bool> flag_{false};
};

template <class T>
class Promise final : public PromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  void unhandled_exception() noexcept { outcome_.template emplace<2>(std::current_exception()); }
  template <class Value>
  void return_value(Value&& value) {
    outcome_.template emplace<1>(std::forward<Value>(value));
  }
  T take() {
    if (outcome_.index() == 2) std::rethrow_exception(*std::get_if<2>(&outcome_));
    return std::move(*std::get_if<1>(&outcome_));
  }

 private:
  std::variant<std::monostate, T, std::exception_ptr> outcome_;
};

template <>
class Promise<void> final : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void unhandled_exception() noexcept { error_ = std::current_exception(); }
  void return_void() noexcept {}
  void take() {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::exception_ptr error_;
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;

  explicit Task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (frame_) frame_.destroy();
      frame_ = std::exchange(other.frame_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

  struct Awaiter {
    std::coroutine_handle<promise_type> frame;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> caller) const noexcept {
      return frame.promise().start(frame, caller);
    }
    T await_resume() const { return frame.promise().take(); }
  };
  Awaiter operator co_await() const noexcept {
    FLORIN_CHECK(frame_, "a Task is awaited once, where it was made");
    return Awaiter{frame_};
  }

  // Runs it to its end from outside any coroutine, blocking this thread if it waits: for main() and tests.
  T run();

 private:
  std::coroutine_handle<promise_type> frame_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

// A coroutine that nobody awaits: it starts at once and frees itself.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

template <class T>
Detached signal_end(Task<T>& task, std::optional<T>& value, std::exception_ptr& error,
                    std::binary_semaphore& ended) {
  try {
    value.emplace(co_await task);
  } catch (...) {
    error = std::current_exception();
  }
  ended.release();
}
inline Detached signal_end(Task<void>& task, std::exception_ptr& error, std::binary_semaphore& ended) {
  try {
    co_await task;
  } catch (...) {
    error = std::current_exception();
  }
  ended.release();
}

}  // namespace detail

template <class T>
T Task<T>::run() {
  std::exception_ptr error;
  std::binary_semaphore ended{0};
  if constexpr (std::is_void_v<T>) {
    detail::signal_end(*this, error, ended);
    ended.acquire();
    if (error) std::rethrow_exception(error);
  } else {
    std::optional<T> value;
    detail::signal_end(*this, value, error, ended);
    ended.acquire();
    if (error) std::rethrow_exception(error);
    return std::move(*value);
  }
}

}  // namespace florin
