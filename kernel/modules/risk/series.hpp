// One key's tries over time, counted in windows that slide by the second, and its accepted amounts.
// Adding and counting cost the same however many tries there were.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include <florin/fraud_rule.hpp>
#include <florin/money.hpp>
#include <florin/time.hpp>

#include "kernel/modules/decisions/decision.hpp"

namespace florin {

class Series {
 public:
  // Time runs forward here: a try that claims to be older than the newest is counted with the newest,
  // so that a clock that jumps back loses nothing. Returns the second it was counted in.
  std::int64_t add(Instant at, Money amount, TryOutcome outcome);
  // The try that add() counted in `second` as pending came out as `outcome`.
  void settle(std::int64_t second, Money amount, TryOutcome outcome);
  // Before the first add(): no window asked of it will be longer. At first nothing is kept.
  void keep_for(Duration within);
  WindowCount count(Duration within, Currency currency, Instant now);

  void add_history(Money amount);  // Oldest first.
  HistoryStats history(Currency currency);

  int pending = 0;            // Reservations not settled: while there are any, this is not forgotten.
  std::int64_t last_used = 0;  // Seconds.

 private:
  struct Sum {
    Currency currency;
    std::int64_t minor;
  };
  struct Counts {
    std::int64_t count = 0, declined = 0;
    std::vector<Sum> sums;
    void change(Currency currency, std::int64_t by_count, std::int64_t by_declined, std::int64_t by_minor);
    void take_out(const Counts& other);
    void put_in(const Counts& other);
  };
  struct Bucket {
    std::int64_t second;
    Counts counts;
  };
  struct Window {
    std::int64_t seconds;
    std::size_t tail;  // Absolute number of the oldest bucket inside.
    Counts counts;
  };
  struct History {
    std::deque<std::int64_t> amounts;  // At most 1,000.
    std::size_t added = 0;             // Since `stats` was computed.
    HistoryStats stats;
  };
  Window& window(std::int64_t seconds, std::int64_t now);
  void let_go(std::int64_t now);
  void slide(Window& window, std::int64_t now);
  void change(std::size_t bucket, Currency currency, std::int64_t count, std::int64_t declined, std::int64_t minor);

  std::deque<Bucket> buckets_;
  std::size_t first_ = 0;  // Absolute number of buckets_.front().
  std::vector<Window> windows_;
  std::int64_t kept_seconds_ = 0;
  std::map<Currency, History> histories_;
};

}  // namespace florin
