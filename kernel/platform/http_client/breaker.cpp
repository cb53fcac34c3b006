// The breaker's three states, from two facts: whether it is open, and whether its pause has passed.
#include "kernel/platform/http_client/breaker.hpp"

#include <bit>

namespace florin {

static_assert(Breaker::kWindow == 32, "the history is the 32 bits of history_");

Circuit Breaker::circuit(Duration now) const {
  if (!open_) return Circuit::kClosed;
  return now < open_until_ ? Circuit::kOpen : Circuit::kHalfOpen;
}

bool Breaker::admit(Duration now) {
  if (!open_) return true;
  if (now < open_until_ || probing_) return false;
  probing_ = true;
  return true;
}

void Breaker::succeeded() {
  // What was sent before the circuit opened says nothing about the far side's health now.
  if (open_ && !probing_) return;
  if (open_) *this = Breaker();
  in_a_row_ = 0;
  history_ <<= 1;
  seen_ = std::min(seen_ + 1, kWindow);
}

void Breaker::failed(Duration now) {
  if (open_) {
    if (probing_) open(now);
    return;
  }
  ++in_a_row_;
  history_ = history_ << 1 | 1;
  seen_ = std::min(seen_ + 1, kWindow);
  const int bad = std::popcount(history_);
  if (in_a_row_ >= kFailuresInARow || (seen_ >= kWindowLeast && bad * 100 >= seen_ * kWindowFailed))
    open(now);
}

void Breaker::withdrawn() { probing_ = false; }

void Breaker::open(Duration now) {
  open_ = true;
  probing_ = false;
  open_until_ = now + kPause;
}

}  // namespace florin
