// Whether what is written arrives, for whoever must say so without writing himself. Told by the writer thread; safe
// from any thread.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include <florin/result.hpp>

namespace florin {

class WriterHealth {
 public:
  // Why the last transaction that changed anything did not arrive: a full disk, an I/O error, no connection.
  // Nothing: it did, or there was none yet.
  std::optional<Error> trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
  }
  void failed(Error why) {
    const std::lock_guard lock(mutex_);
    trouble_ = std::move(why);
    troubled_ = true;
  }
  void arrived() {
    if (!troubled_) return;
    const std::lock_guard lock(mutex_);
    trouble_.reset();
    troubled_ = false;
  }

 private:
  std::atomic<bool> troubled_{false};
  mutable std::mutex mutex_;
  std::optional<Error> trouble_;
};

}  // namespace florin
