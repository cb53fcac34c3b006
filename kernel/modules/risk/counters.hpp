// Who tried how often: the series of every card, customer, address and device that was seen lately, in
// memory, filled from the decisions table when a key is first met (so exact again after a crash). A try
// is reserved before it is decided and settled after, so that parallel tries see each other.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <florin/fraud_rule.hpp>
#include <florin/result.hpp>
#include <florin/task.hpp>

#include "kernel/modules/decisions/decision.hpp"
#include "kernel/modules/merchants/directory.hpp"
#include "kernel/modules/risk/series.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

// What every rule of the merchant asked for, in the rules' order.
struct Features {
  std::vector<std::vector<WindowCount>> windows;
  std::vector<std::vector<HistoryStats>> histories;
};

// A try that counts as pending until it is settled. Settle it exactly once.
struct Reservation {
  Money amount;
  std::vector<std::pair<std::string, std::int64_t>> places;  // Series key, second.
};

class RiskCounters {
 public:
  explicit RiskCounters(Store& store) : store_(store) {}

  struct Reserved {
    Features features;
    Reservation reservation;
  };
  // Counts this try in, then reads the features. `subject` outlives the Task. Errors are the store's.
  Task<Result<Reserved>> reserve(std::shared_ptr<const Merchant> merchant, const TrySubject& subject, Money amount,
                                 Instant now);
  // After the outcome is durable; kDropped for a try that never became one.
  void settle(const Reservation& reservation, TryOutcome outcome);
  // Forgets what is known of these keys: the next try reads them anew. For tries settled by recovery, which
  // no reservation of this process counts.
  void forget(const std::string& merchant, const TrySubject& subject);
  // After a reload, which may have brought longer windows than what is in memory goes back.
  void forget_all();

 private:
  struct Wanted {
    std::string key;
    std::string_view value;  // The subject's.
    Dimension by;
    Duration within{0};
    bool history = false;
  };
  // What the rules ask for, each dimension once and only where the subject has a value.
  static std::vector<Wanted> wanted(const Merchant& merchant, const TrySubject& subject);
  static Series fill(Session& session, const std::string& merchant, const Wanted& wanted, Instant now);
  void make_room(std::int64_t now);

  Store& store_;
  std::mutex mutex_;
  std::unordered_map<std::string, Series> series_;
  std::int64_t forgotten_ = 0;  // Grows whenever a series is dropped: what was read before may be stale.
};

}  // namespace florin
