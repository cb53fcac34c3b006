// One operation under way at a provider: what it needs while it lives in memory, and the one answer that
// somebody may be waiting for. What must survive is in its attempt; a Trip is lost in a crash.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include <florin/provider.hpp>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/merchants/directory.hpp"
#include "kernel/modules/payments/payment.hpp"
#include "kernel/modules/risk/counters.hpp"
#include "kernel/platform/executor/executor.hpp"

namespace florin {

// The first answer wins: the operation's own, or "still processing" when that takes too long.
class AnswerBox {
 public:
  explicit AnswerBox(Executor& executor) : arrived_(executor) {}
  void offer(ApiAnswer answer) {
    if (!taken_.exchange(true)) arrived_.set(std::move(answer));
  }
  bool taken() const { return taken_.load(); }
  Completion<ApiAnswer>& arrived() { return arrived_; }

 private:
  std::atomic<bool> taken_{false};
  Completion<ApiAnswer> arrived_;
};

// The payments that this process works on at this moment, by id; a payment may be aboard more than once.
class Aboard {
 public:
  void enter(const std::string& payment) {
    const std::lock_guard lock(mutex_);
    payments_.insert(payment);
  }
  void leave(const std::string& payment) {
    const std::lock_guard lock(mutex_);
    payments_.erase(payments_.find(payment));
  }
  bool has(const std::string& payment) const {
    const std::lock_guard lock(mutex_);
    return payments_.count(payment) > 0;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_multiset<std::string> payments_;
};

struct Trip {
  Trip(Executor& executor, std::shared_ptr<Aboard> all, std::shared_ptr<const Merchant> of, Payment&& about, Attempt&& first)
      : aboard(std::move(all)),
        merchant(std::move(of)),
        asked{first.kind, first.payment_id, first.refund_id, Idempotency{first.idem_route, first.idem_key, ""}},
        payment(std::move(about)),
        attempt(std::move(first)),
        box(executor) {
    aboard->enter(asked.payment_id);
  }
  ~Trip() { aboard->leave(asked.payment_id); }
  Trip(const Trip&) = delete;
  Trip& operator=(const Trip&) = delete;

  // Whose answer is waited for, whatever attempts come after the first: all that others may look at while
  // the operation goes on.
  struct Asked {
    AttemptKind kind;
    std::string payment_id, refund_id;
    Idempotency idempotency;
  };

  const std::shared_ptr<Aboard> aboard;
  const std::shared_ptr<const Merchant> merchant;
  const Asked asked;
  Payment payment;  // As it was when the attempt became durable; like it, its carrier's alone.
  bool may_be_current = true;  // Whether `payment` may still be how it stands: not once a change was refused.
  Attempt attempt;  // The one under way; only the coroutine that carries it looks at it.
  std::optional<AuthorizeRequest> request;  // Holds the instrument; dropped as soon as it is not needed.
  std::vector<std::string> routes;          // Accounts still to be tried after this attempt's.
  std::optional<Reservation> reservation;   // Settled exactly once.
  std::string reason;                       // A refund's.
  Duration deadline{0};                     // On the monotonic clock: when the caller is answered anyhow.
  bool overdue = false;                     // The caller is being answered without the outcome.
  AnswerBox box;

  // Null when the account is not configured any more.
  const ProviderAccount* account() const {
    const auto found = merchant->accounts.find(attempt.account);
    return found == merchant->accounts.end() ? nullptr : &found->second;
  }
};

}  // namespace florin
