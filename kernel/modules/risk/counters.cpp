// Reserving, reading and settling under one lock; the database is asked outside it.
#include "kernel/modules/risk/counters.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace florin {

namespace {
constexpr std::size_t kSeriesMax = 200'000;
constexpr int kPastTriesMax = 100'000;
constexpr int kHistoryMax = 1'000;
constexpr std::size_t kDimensions = static_cast<std::size_t>(Dimension::kMerchant) + 1;

std::string series_key(const std::string& merchant, Dimension by, const std::string& value) {
  std::string key;
  key.reserve(merchant.size() + 2 + value.size());
  key += merchant;
  key += '\n';
  key += static_cast<char>('0' + static_cast<int>(by));
  key += value;
  return key;
}
}  // namespace

std::vector<RiskCounters::Wanted> RiskCounters::wanted(const Merchant& merchant, const TrySubject& subject) {
  std::vector<Wanted> list;
  list.reserve(kDimensions);
  const auto want = [&](Dimension by) -> Wanted* {
    for (Wanted& known : list)
      if (known.by == by) return &known;
    const std::string& value = subject.of(by, merchant.id);
    if (value.empty()) return nullptr;
    return &list.emplace_back(Wanted{series_key(merchant.id, by, value), value, by, Duration(0), false});
  };
  for (const MerchantFraudRule& rule : merchant.fraud) {
    for (const WindowQuery& query : rule.windows)
      if (Wanted* one = want(query.by)) one->within = std::max(one->within, query.within);
    for (const HistoryQuery& query : rule.histories)
      if (Wanted* one = want(query.of)) one->history = true;
  }
  return list;
}

Series RiskCounters::fill(Session& session, const std::string& merchant, const Wanted& wanted, Instant now) {
  Series series;
  series.keep_for(wanted.within);
  const std::string value(wanted.value);
  if (wanted.within.count() > 0) {
    auto tries = past_tries(session, merchant, wanted.by, value, now - wanted.within, kPastTriesMax);
    for (auto past = tries.rbegin(); past != tries.rend(); ++past) series.add(past->created, past->amount, past->outcome);
  }
  if (wanted.history) {
    const Instant ever{};
    auto tries = past_tries(session, merchant, wanted.by, value, ever, kHistoryMax);
    for (auto past = tries.rbegin(); past != tries.rend(); ++past)
      if (past->outcome == TryOutcome::kAccepted) series.add_history(past->amount);
  }
  return series;
}

Task<Result<RiskCounters::Reserved>> RiskCounters::reserve(std::shared_ptr<const Merchant> merchant,
                                                           const TrySubject& subject, Money amount, Instant now) {
  std::vector<Wanted> keys = wanted(*merchant, subject);
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  for (;;) {
    std::vector<Wanted> missing;
    std::int64_t forgotten = 0;
    {
      const std::lock_guard lock(mutex_);
      std::array<Series*, kDimensions> by{};  // Null: the subject has no such value.
      for (const Wanted& key : keys) {
        const auto found = series_.find(key.key);
        if (found == series_.end())
          missing.push_back(key);
        else
          by[static_cast<std::size_t>(key.by)] = &found->second;
      }
      forgotten = forgotten_;
      if (missing.empty()) {
        Reserved reserved{{}, {amount, {}}};
        reserved.reservation.places.reserve(keys.size());
        for (Wanted& key : keys) {
          Series& series = *by[static_cast<std::size_t>(key.by)];
          series.keep_for(key.within);
          reserved.reservation.places.emplace_back(std::move(key.key), series.add(now, amount, TryOutcome::kPending));
          ++series.pending;
          series.last_used = second;
        }
        reserved.features.windows.reserve(merchant->fraud.size());
        reserved.features.histories.reserve(merchant->fraud.size());
        for (const MerchantFraudRule& rule : merchant->fraud) {
          auto& windows = reserved.features.windows.emplace_back();
          windows.reserve(rule.windows.size());
          for (const WindowQuery& query : rule.windows) {
            Series* const series = by[static_cast<std::size_t>(query.by)];
            windows.push_back(series ? series->count(query.within, amount.currency(), now) : WindowCount());
          }
          auto& histories = reserved.features.histories.emplace_back();
          histories.reserve(rule.histories.size());
          for (const HistoryQuery& query : rule.histories) {
            Series* const series = by[static_cast<std::size_t>(query.of)];
            histories.push_back(series ? series->history(amount.currency()) : HistoryStats());
          }
        }
        make_room(second);
        co_return std::move(reserved);
      }
    }
    const std::string id = merchant->id;
    auto query = [missing, id, now](Session& session) -> Result<std::vector<Series>> {
      std::vector<Series> filled;
      for (const Wanted& key : missing) filled.push_back(fill(session, id, key, now));
      return filled;
    };
    Task<Result<std::vector<Series>>> reading = store_.read(query);
    Result<std::vector<Series>> filled = co_await reading;
    if (!filled) co_return filled.error();
    const std::lock_guard lock(mutex_);
    if (forgotten_ != forgotten) continue;  // One of them may have been here and gone: read again.
    for (std::size_t i = 0; i < missing.size(); ++i) series_.try_emplace(missing[i].key, std::move((*filled)[i]));
  }
}

void RiskCounters::settle(const Reservation& reservation, TryOutcome outcome) {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, second] : reservation.places) {
    const auto found = series_.find(key);
    if (found == series_.end()) continue;
    found->second.settle(second, reservation.amount, outcome);
    if (outcome == TryOutcome::kAccepted) found->second.add_history(reservation.amount);
    --found->second.pending;
  }
}

void RiskCounters::forget(const std::string& merchant, const TrySubject& subject) {
  const std::lock_guard lock(mutex_);
  for (const Dimension by : {Dimension::kCard, Dimension::kCustomer, Dimension::kIp, Dimension::kDevice, Dimension::kMerchant}) {
    const auto found = series_.find(series_key(merchant, by, subject.of(by, merchant)));
    if (found == series_.end() || found->second.pending > 0) continue;
    series_.erase(found);
    ++forgotten_;
  }
}

void RiskCounters::forget_all() {
  const std::lock_guard lock(mutex_);
  std::erase_if(series_, [](const auto& entry) { return entry.second.pending == 0; });
  ++forgotten_;
}

void RiskCounters::make_room(std::int64_t now) {
  if (series_.size() <= kSeriesMax) return;
  // The older half goes; what is in use, or was within the last minute, stays.
  std::vector<std::int64_t> ages;
  ages.reserve(series_.size());
  for (const auto& [key, series] : series_) ages.push_back(series.last_used);
  const auto middle = ages.begin() + static_cast<std::ptrdiff_t>(ages.size() / 2);
  std::nth_element(ages.begin(), middle, ages.end());
  const std::int64_t oldest = std::min(*middle, now - 60);
  std::erase_if(series_, [oldest](const auto& entry) {
    return entry.second.pending == 0 && entry.second.last_used <= oldest;
  });
  ++forgotten_;
}

}  // namespace florin
