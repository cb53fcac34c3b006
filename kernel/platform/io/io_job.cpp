// The race between a deadline and the thread that works, decided under one mutex: whether the request has
// left is what the whole gateway's safety hangs on (law 3).
#include "kernel/platform/io/io_job.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace florin {

std::chrono::microseconds Expiring::remaining() const {
  const auto left =
      std::chrono::duration_cast<std::chrono::microseconds>(deadline_ - std::chrono::steady_clock::now());
  return std::max(left, std::chrono::microseconds(1000));
}

Expiring::~Expiring() { detach(); }

bool Expiring::attach(int descriptor) {
  const std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = over_ ? -1 : ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  return descriptor_ >= 0;
}

void Expiring::detach() {
  const std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

bool Expiring::leave() {
  const std::lock_guard lock(mutex_);
  if (over_) return false;
  left_ = true;
  return true;
}

bool Expiring::has_left() const {
  const std::lock_guard lock(mutex_);
  return left_;
}

bool Expiring::is_over() const {
  const std::lock_guard lock(mutex_);
  return over_;
}

void Expiring::expire(const std::string& why) {
  bool left = false;
  {
    const std::lock_guard lock(mutex_);
    if (over_) return;
    over_ = true;
    left = left_;
  }
  // The answer first: once the socket is shut, the working thread has an answer of its own.
  if (left)
    expired(Error{Error::Kind::kTimedOut, why + " after the request had left", "timed_out", ""});
  else
    expired(Error{Error::Kind::kUnreachable, why + " before anything was sent", "connect_timed_out", ""});
  const std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

}  // namespace florin
