// Sliding counts by running totals: each window remembers which bucket is its oldest and takes out what
// slides past; a bucket is one second. Sums saturate rather than overflow: they are compared, not booked.
#include "kernel/modules/risk/series.hpp"

#include <algorithm>
#include <limits>

namespace florin {

namespace {

constexpr std::size_t kLongestHistory = 1'000;

std::int64_t second_of(Instant at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

std::int64_t saturating(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a > 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
}

bool is_refused(TryOutcome outcome) { return outcome == TryOutcome::kDeclined || outcome == TryOutcome::kBlocked; }

std::int64_t median(std::vector<std::int64_t>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

HistoryStats stats_of(const std::deque<std::int64_t>& amounts) {
  HistoryStats stats;
  stats.count = static_cast<std::int64_t>(amounts.size());
  if (amounts.empty()) return stats;
  std::vector<std::int64_t> values(amounts.begin(), amounts.end());
  stats.max_minor = *std::max_element(values.begin(), values.end());
  stats.median_minor = median(values);
  for (std::int64_t& value : values) value = value > stats.median_minor ? value - stats.median_minor : stats.median_minor - value;
  stats.mad_minor = median(values);
  return stats;
}

}  // namespace

void Series::Counts::change(Currency currency, std::int64_t by_count, std::int64_t by_declined, std::int64_t by_minor) {
  count += by_count;
  declined += by_declined;
  if (by_minor == 0) return;
  for (Sum& sum : sums)
    if (sum.currency == currency) {
      sum.minor = saturating(sum.minor, by_minor);
      return;
    }
  sums.push_back({currency, by_minor});
}

void Series::Counts::take_out(const Counts& other) {
  count -= other.count;
  declined -= other.declined;
  for (const Sum& sum : other.sums) change(sum.currency, 0, 0, -sum.minor);
}

void Series::Counts::put_in(const Counts& other) {
  count += other.count;
  declined += other.declined;
  for (const Sum& sum : other.sums) change(sum.currency, 0, 0, sum.minor);
}

std::int64_t Series::add(Instant at, Money amount, TryOutcome outcome) {
  const std::int64_t newest = buckets_.empty() ? std::numeric_limits<std::int64_t>::min() : buckets_.back().second;
  const std::int64_t second = std::max(second_of(at), newest);
  if (second != newest) {
    let_go(second);
    buckets_.push_back({second, {}});
  }
  const bool counts = outcome != TryOutcome::kDropped;
  const bool refused = is_refused(outcome);
  change(first_ + buckets_.size() - 1, amount.currency(), counts ? 1 : 0, refused ? 1 : 0,
         counts && !refused ? amount.minor() : 0);
  return second;
}

void Series::settle(std::int64_t second, Money amount, TryOutcome outcome) {
  const auto found = std::lower_bound(buckets_.begin(), buckets_.end(), second,
                                      [](const Bucket& bucket, std::int64_t wanted) { return bucket.second < wanted; });
  if (found == buckets_.end() || found->second != second) return;  // Slid out of every window meanwhile.
  const std::size_t number = first_ + static_cast<std::size_t>(found - buckets_.begin());
  if (outcome == TryOutcome::kDropped)
    change(number, amount.currency(), -1, 0, -amount.minor());
  else if (is_refused(outcome))
    change(number, amount.currency(), 0, 1, -amount.minor());
}

void Series::change(std::size_t bucket, Currency currency, std::int64_t count, std::int64_t declined, std::int64_t minor) {
  buckets_[bucket - first_].counts.change(currency, count, declined, minor);
  for (Window& window : windows_)
    if (bucket >= window.tail) window.counts.change(currency, count, declined, minor);
}

Series::Window& Series::window(std::int64_t seconds, std::int64_t now) {
  for (Window& known : windows_)
    if (known.seconds == seconds) return known;
  Window& made = windows_.emplace_back(Window{seconds, first_, {}});
  for (const Bucket& bucket : buckets_) made.counts.put_in(bucket.counts);
  slide(made, now);
  return made;
}

void Series::slide(Window& window, std::int64_t now) {
  while (window.tail < first_ + buckets_.size() && buckets_[window.tail - first_].second <= now - window.seconds)
    window.counts.take_out(buckets_[window.tail++ - first_].counts);
}

WindowCount Series::count(Duration within, Currency currency, Instant now) {
  const std::int64_t second = second_of(now);
  Window& found = window(std::chrono::duration_cast<std::chrono::seconds>(within).count(), second);
  slide(found, second);
  WindowCount count;
  count.known = true;
  count.count = found.counts.count;
  count.declined = found.counts.declined;
  for (const Sum& sum : found.counts.sums)
    if (sum.currency == currency) count.sum_minor = sum.minor;
  return count;
}

void Series::keep_for(Duration within) {
  kept_seconds_ = std::max(kept_seconds_, std::chrono::duration_cast<std::chrono::seconds>(within).count());
}

// What no window can see any more is let go.
void Series::let_go(std::int64_t now) {
  while (!buckets_.empty() && buckets_.front().second <= now - kept_seconds_) {
    for (Window& window : windows_) slide(window, now);
    buckets_.pop_front();
    ++first_;
  }
}

void Series::add_history(Money amount) {
  History& history = histories_[amount.currency()];
  history.amounts.push_back(amount.minor());
  if (history.amounts.size() > kLongestHistory) history.amounts.pop_front();
  ++history.added;
}

HistoryStats Series::history(Currency currency) {
  const auto found = histories_.find(currency);
  if (found == histories_.end()) return {};
  History& history = found->second;
  // A median over a thousand amounts is not made anew for every payment: after each of the first fifty,
  // then whenever a fiftieth has changed.
  if (history.added > 0 && history.added * 50 >= history.amounts.size()) {
    history.stats = stats_of(history.amounts);
    history.added = 0;
  }
  return history.stats;
}

}  // namespace florin
