// How an operation is left behind, and the thread that finds out that it must be.
#include "kernel/platform/plugin_host/operation.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace florin {
namespace {

Duration steady_now() {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

// Never destroyed: a frame in here may be resumed at any time.
void keep_for_good(std::shared_ptr<Operation> operation) {
  static std::mutex mutex;
  static auto* const kept = new std::vector<std::shared_ptr<Operation>>();
  const std::lock_guard lock(mutex);
  kept->push_back(std::move(operation));
}

}  // namespace

bool Operation::through_door() noexcept {
  mark_.leave();
  at_door_ = true;
  return !expired_ && ++exchanges_ <= kExchangesMax;
}

bool Operation::back_from_door() noexcept {
  since_ = steady_now().count();
  at_door_ = false;
  if (expired_) return false;
  mark_.enter();
  return true;
}

std::optional<Duration> Operation::inside_since() const {
  if (at_door_) return std::nullopt;
  return Duration(since_.load());
}

void Operation::expire() {
  expired_ = true;
  if (!at_door_) leave_behind();  // At a door: when it comes back from there.
}

void Operation::leave_behind() {
  if (settled_.exchange(true)) return;
  keep_for_good(shared_from_this());
  left_behind_ = true;
  const std::coroutine_handle<> caller = caller_;
  if (OperationWatch* watch = guard_->watch())
    watch->executor().post(caller);
  else
    caller.resume();
}

bool Operation::Outcome::await_suspend(std::coroutine_handle<> caller) const {
  const std::shared_ptr<Operation> self = operation.shared_from_this();  // Our frame may go meanwhile.
  const Task<void>::Awaiter awaiter = driver.operator co_await();
  self->caller_ = caller;
  self->since_ = steady_now().count();
  if (OperationWatch* watch = self->guard_->watch()) watch->add(self);
  return awaiter.await_suspend(caller);
}

OperationWatch::OperationWatch(Executor& executor, std::chrono::milliseconds limit)
    : executor_(executor), limit_(limit), thread_([this] { look(); }) {}

OperationWatch::~OperationWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
  // A plugin's own thread may come back with these for as long as the process lives.
  for (const auto& operation : under_way_) keep_for_good(operation);
}

void OperationWatch::add(std::shared_ptr<Operation> operation) {
  const std::lock_guard lock(mutex_);
  Operation& added = *operation;
  added.place_ = under_way_.insert(under_way_.end(), std::move(operation));
}

void OperationWatch::remove(Operation& operation) {
  const std::lock_guard lock(mutex_);
  under_way_.erase(operation.place_);
}

void OperationWatch::look() {
  constexpr int kLooks = 5;
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, limit_ / kLooks, [this] { return stopping_; })) {
    std::vector<std::shared_ptr<Operation>> late;
    const Duration now = steady_now();
    for (const auto& operation : under_way_)
      if (const auto since = operation->inside_since(); since && now - *since > limit_) late.push_back(operation);
    lock.unlock();
    for (const auto& operation : late) operation->expire();
    lock.lock();
  }
}

}  // namespace florin
