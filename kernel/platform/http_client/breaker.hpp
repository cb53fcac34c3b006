// The circuit breaker of one route: after failures in a row, or too many among the last, nothing is sent
// for a pause; then one exchange at a time tries whether the far side is well again. A failure is an
// exchange without an answer, or with a 5xx. No threads and no clock of its own.
#pragma once

#include <cstdint>

#include <florin/time.hpp>

#include "kernel/platform/http_client/http_client.hpp"

namespace florin {

class Breaker {
 public:
  static constexpr int kFailuresInARow = 5;
  static constexpr int kWindow = 32;        // Of the last exchanges,
  static constexpr int kWindowLeast = 20;   // ... once there are as many,
  static constexpr int kWindowFailed = 50;  // ... per cent.
  // Service is normal within 5 s of the far side's recovery, without a human.
  static constexpr Duration kPause = std::chrono::seconds(3);

  Circuit circuit(Duration now) const;
  // May an exchange go? Each yes is followed by one succeeded(), failed() or withdrawn().
  bool admit(Duration now);
  void succeeded();
  void failed(Duration now);
  void withdrawn();  // It was not carried after all, and says nothing.

 private:
  void open(Duration now);
  bool open_ = false, probing_ = false;
  Duration open_until_{0};
  int in_a_row_ = 0, seen_ = 0;
  std::uint32_t history_ = 0;  // One bit an exchange, the newest lowest; set: failed.
};

}  // namespace florin
