// One piece of blocking work that an I/O thread does for a waiting Task, with an end in time. When the
// time is over the Task is answered at once, and the socket is shut so that the thread comes free: POCO's
// own time-out is per read, and a far side that drips a byte a second never meets it.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include <florin/result.hpp>

#include "kernel/platform/executor/executor.hpp"

namespace florin {

class Expiring {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit Expiring(Time deadline) : deadline_(deadline) {}
  Expiring(const Expiring&) = delete;
  Expiring& operator=(const Expiring&) = delete;
  virtual ~Expiring();

  Time deadline() const { return deadline_; }
  // Until the deadline, at least a millisecond: some calls read zero as "for ever".
  std::chrono::microseconds remaining() const;

  // From now on the end of time shuts this socket, through a duplicate of our own: libraries close theirs
  // when they like, and the number may by then be a stranger's. False: it is over already.
  bool attach(int descriptor);
  // Before the socket is handed on to someone else.
  void detach();
  // Before the first byte of the request is written. False: it is over, and nothing may be written.
  bool leave();
  bool has_left() const;
  bool is_over() const;

  // Ends it, from any thread; what comes later changes nothing. `why` is said to people.
  void expire(const std::string& why);

 protected:
  // Called once at most, by the thread that expires it.
  virtual void expired(const Error& error) = 0;

 private:
  const Time deadline_;
  mutable std::mutex mutex_;
  int descriptor_ = -1;
  bool left_ = false, over_ = false;
};

// T is what the Task waits for. The first of finish() and expire() decides the answer.
template <class T>
class IoJob : public Expiring {
 public:
  IoJob(Executor& executor, Time deadline) : Expiring(deadline), done(executor) {}

  void finish(Result<T> result) {
    if (!answered_.exchange(true, std::memory_order_acq_rel)) done.set(std::move(result));
  }

  Completion<Result<T>> done;  // co_await job->done

 protected:
  void expired(const Error& error) override { finish(error); }

 private:
  std::atomic<bool> answered_{false};
};

}  // namespace florin
