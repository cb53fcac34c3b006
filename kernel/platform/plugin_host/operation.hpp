// One operation of a plugin's coroutine, which may never end: it may wait for what never comes, or ask again and
// again. The kernel's caller then goes on without it, in doubt where anything had left, and what the plugin
// still holds is kept for good, because it may yet be resumed by whoever it waits for.
//
// A step that never ends is another matter: it holds a worker, and the process with it (crash_marks.hpp).
#pragma once

#include <atomic>
#include <condition_variable>
#include <coroutine>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <florin/task.hpp>

#include "kernel/platform/executor/executor.hpp"
#include "kernel/platform/plugin_host/guard.hpp"

namespace florin {

class Operation : public std::enable_shared_from_this<Operation> {
 public:
  // Far more than any provider's protocol needs for one operation.
  static constexpr int kExchangesMax = 32;

  explicit Operation(std::shared_ptr<Guard> guard) : guard_(std::move(guard)), mark_(*guard_) {}
  virtual ~Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  Guard& guard() const { return *guard_; }
  bool left_behind() const { return left_behind_.load(); }

  // The plugin's code begins and ends.
  void enter() noexcept { mark_.enter(); }
  void leave() noexcept { mark_.leave(); }
  // At a door, outside of the plugin's code. False: the operation must not go on, see never().
  bool through_door() noexcept;
  bool back_from_door() noexcept;

  // Resumes nobody; lets the caller go on without us when it has not yet.
  struct Never {
    Operation& operation;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const { operation.leave_behind(); }
    void await_resume() const noexcept {}
  };
  Never never() { return Never{*this}; }

  // The driver's last step: true when the caller is still there.
  struct Ending {
    Operation& operation;
    bool await_ready() const noexcept { return !operation.settled_.exchange(true); }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void await_resume() const noexcept {}
  };
  Ending ending() { return Ending{*this}; }

  // What the caller awaits: starts the driver; goes on when that ends, or without it.
  struct Outcome {
    Operation& operation;
    Task<void>& driver;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> caller) const;
    void await_resume() const noexcept {}
  };
  Outcome outcome(Task<void>& driver) { return Outcome{*this, driver}; }

  // The watch's: the plugin has been outside of every door since this moment; nothing while it is at one.
  std::optional<Duration> inside_since() const;
  void expire();
  void leave_behind();

 private:
  const std::shared_ptr<Guard> guard_;
  Guard::Mark mark_;
  std::coroutine_handle<> caller_;
  int exchanges_ = 0;
  // Sequentially consistent on purpose: the watch and the door each set one and read the other.
  std::atomic<bool> at_door_{false}, expired_{false}, settled_{false}, left_behind_{false};
  std::atomic<Duration::rep> since_{0};
  friend class OperationWatch;
  std::list<std::shared_ptr<Operation>>::iterator place_;  // While it is watched.
};

// Looks at all operations under way and leaves those behind that are inside their plugin for too long.
class OperationWatch {
 public:
  // `executor` outlives it; the callers of what is left behind go on there.
  OperationWatch(Executor& executor, std::chrono::milliseconds limit);
  ~OperationWatch();
  void add(std::shared_ptr<Operation> operation);
  void remove(Operation& operation);
  Executor& executor() { return executor_; }

 private:
  void look();
  Executor& executor_;
  const Duration limit_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::list<std::shared_ptr<Operation>> under_way_;
  std::thread thread_;
};

// An operation by its call: `Call` holds all that the plugin is given and makes its coroutine of it.
template <class Answer, class Call>
class Pending final : public Operation {
 public:
  // `parts` are the call's, which is made in its place: what a plugin is given is large.
  template <class... Parts>
  explicit Pending(std::shared_ptr<Guard> guard, Parts&&... parts)
      : Operation(std::move(guard)), call{std::forward<Parts>(parts)...} {}
  Call call;
  std::optional<Answer> answer;
  std::string threw;                  // When there is no answer: why, in a sentence.
  std::optional<Task<void>> driver;   // Last: its frame uses the others.
};

template <class Answer, class Call>
Task<void> drive(Pending<Answer, Call>& operation, const char* name) {
  try {
    operation.enter();
    Task<Answer> task = operation.call(operation);
    Answer answer = co_await task;
    operation.answer.emplace(std::move(answer));
  } catch (...) {
    operation.threw = operation.guard().caught(name);
  }
  operation.leave();
  auto ending = operation.ending();
  co_await ending;
}

// Runs it until it ends or is left behind.
template <class Answer, class Call>
Task<void> carry(std::shared_ptr<Pending<Answer, Call>> operation, const char* name) {
  operation->driver.emplace(drive(*operation, name));
  auto outcome = operation->outcome(*operation->driver);
  co_await outcome;
  if (OperationWatch* watch = operation->guard().watch()) watch->remove(*operation);
  if (operation->left_behind()) operation->threw = operation->guard().endless(name);
}

}  // namespace florin
