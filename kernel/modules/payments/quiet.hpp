// When "the provider holds nothing" may be believed of an attempt that nobody carries any more (law 3).
//
// Its sender's last request may still be on its way when we are told so: the provider finds nothing,
// truthfully, and takes the money a moment later. So a NotFound counts only when its look-up was begun at
// least one whole exchange time-out after the sending had ended. What we know of that end is the moment at
// which this process was first given the attempt to settle, which comes after it: an attempt in doubt is
// marked when its exchange is over, one that was being sent is handed over when its node is proven dead
// (platform/nodes). Held against the monotonic clock of this process, so that no clock's jump shortens it;
// forgotten in a crash, so that the next process waits once more. What is found is believed at once.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include <florin/time.hpp>

namespace florin {

class QuietAttempts {
 public:
  // Since when this process knows that nobody sends for `attempt`: `now` (monotonic) at the first call.
  Duration since(const std::string& attempt, Duration now) {
    const std::lock_guard lock(mutex_);
    return since_.try_emplace(attempt, now).first->second;
  }
  // It is settled.
  void forget(const std::string& attempt) {
    const std::lock_guard lock(mutex_);
    since_.erase(attempt);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, Duration> since_;
};

}  // namespace florin
