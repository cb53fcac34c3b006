// Payments and attempts in the database. There is no way to change a payment's status but advance(),
// which writes its event in the same transaction (law 5), and no query without the merchant (law 6).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/payments/payment.hpp"
#include "kernel/platform/random/random.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

struct PaymentFilter {
  std::string status, method, provider, currency, customer;  // "" : any
  std::optional<std::int64_t> amount_min, amount_max;        // Minor units, inclusive.
  std::optional<std::int64_t> created_min, created_max;      // Unix seconds, inclusive.
  std::string text;                                          // In id, description, customer, metadata.
  std::string starting_after, ending_before;
  int limit = 10;
};

// Whose payment it is: for those who have proven otherwise that they may know (a client secret).
std::optional<std::string> merchant_of_payment(Session& session, const std::string& id);

// Whether anything is under way for it at a provider, or in doubt there.
bool has_open_attempt(Session& session, const std::string& merchant, const std::string& payment_id);

// An event that tells of a payment as it became, and that its caller's answer is read from.
struct Told {
  std::string id;      // evt_...
  std::string object;  // The payment, as its event and the API show it.
};

// What recovery needs to know of an attempt.
struct OpenAttempt {
  std::string id, merchant, payment_id, node;
  Instant started{};
};

class PaymentRepository {
 public:
  explicit PaymentRepository(Random& random) : random_(random) {}

  // A new payment and its event, "payment.created".
  void insert(Session& session, const Payment& payment);
  std::optional<Payment> find(Session& session, const std::string& merchant, const std::string& id);
  // Newest first (with ending_before: the page before it); one more than `limit` when there is more.
  std::vector<Payment> list(Session& session, const std::string& merchant, const PaymentFilter& filter);

  // Moves to `to`, stores every change made to `payment` and tells it. `before` is as it was read. A
  // move that the table lacks is our bug. Errors: kConflict when somebody else changed it since.
  // `told`: its event has this id, and its text is put there.
  Result<Done> advance(Session& session, const Payment& before, Payment& payment, PaymentStatus to, Told* told = nullptr);
  // Called in the unit of every move, before it is stored: what else a payment's fate decides. It may change
  // `after`; its Error is advance()'s. Set once, before the first move.
  using MoveHook = std::function<Result<Done>(Session& session, Payment& after)>;
  void on_move(MoveHook hook) { hook_ = std::move(hook); }
  // Stores changes that are no move: locks, refund sums, a new attempt's reference.
  Result<Done> keep(Session& session, Payment& payment);

  void insert_attempt(Session& session, const Attempt& attempt);
  std::optional<Attempt> find_attempt(Session& session, const std::string& merchant, const std::string& id);
  // By the provider's name for the payment; only of this provider account.
  std::optional<Attempt> find_attempt_by_reference(Session& session, const std::string& merchant,
                                                   const std::string& account, const std::string& provider,
                                                   const std::string& reference);
  std::vector<Attempt> attempts_of(Session& session, const std::string& merchant, const std::string& payment_id);
  // Every capture that was taken, in order.
  std::vector<Attempt> captures_of(Session& session, const std::string& merchant, const std::string& payment_id);
  int count_attempts(Session& session, const std::string& merchant, const std::string& payment_id);
  // The answer to an attempt's caller when it stands in an event and not beside his idempotency key: its status is
  // the route's. Nothing: there is none, or not yet.
  std::optional<ApiAnswer> told_answer(Session& session, const std::string& merchant, const std::string& payment_id,
                                       const Idempotency& idempotency);
  // Ends an attempt, or marks it in doubt or waiting. False: it had been ended already.
  bool settle_attempt(Session& session, const Attempt& attempt);
  // Stores when it started, which a wrong clock had put in the future.
  void set_started(Session& session, const Attempt& attempt);
  // For recovery, over all merchants and nodes, oldest first: attempts that are sending, or in doubt.
  std::vector<OpenAttempt> open_attempts(Session& session, AttemptState state, int limit);

 private:
  bool update(Session& session, Payment& payment);
  Random& random_;
  MoveHook hook_;
};

}  // namespace florin
