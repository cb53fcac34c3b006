// What a provider's word does to a payment: one place, called by the request that waits for it, by
// webhooks and by recovery alike. All functions run inside a unit of work, do nothing to an attempt that
// has ended already, and store the answer that waits for it.
#pragma once

#include <functional>
#include <string>

#include <florin/provider.hpp>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/decisions/decision.hpp"
#include "kernel/modules/payments/payment.hpp"
#include "kernel/modules/payments/repository.hpp"
#include "kernel/platform/random/random.hpp"

namespace florin {

struct Settled {
  Payment payment;
  ApiAnswer answer;      // For whoever asked for this attempt.
  bool changed = false;  // False: it had been settled before; nothing happened now.
  TryOutcome try_outcome = TryOutcome::kPending;
  // A refund's next part, durable with this settlement: to be carried now, with the refund's reason. The
  // answer comes with the last.
  std::optional<Attempt> next;
  std::string reason;
};

// What one part of a refund led to: the attempt of the next, stored already, or the answer to the caller.
struct RefundStep {
  std::optional<Attempt> next;
  std::string reason;
  ApiAnswer answer;
};

// The refunds module's part: what a refund attempt's outcome does to the refund and the payment's sums.
class RefundBooks {
 public:
  virtual ~RefundBooks() = default;
  // Changes `payment` (not stored yet) and the refund. Errors: kConflict when another node was faster.
  virtual Result<RefundStep> settle_refund(Session& session, const Attempt& attempt, const Modification& outcome,
                                           Payment& payment, Instant now) = 0;
  // The refund never happened: the far side could not be asked, or proves to have none.
  virtual Result<RefundStep> fail_refund(Session& session, const Attempt& attempt, const Error& why, Payment& payment,
                                         Instant now) = 0;
  // As the API shows it now.
  virtual Json show_refund(Session& session, const std::string& merchant, const std::string& id) = 0;
};

class Settlement {
 public:
  Settlement(PaymentRepository& payments, Random& random) : payments_(payments), random_(random) {}
  void set_refunds(RefundBooks* refunds) { refunds_ = refunds; }
  RefundBooks& refunds() { return *refunds_; }

  // `attempt` carries what is new: exchanges, references. Its state is set here.
  // `known`: the payment as the caller has it, when nobody should have changed it since; then it is not read
  // again, and if somebody has, the answer is kConflict: ask once more without. Null: it is read.
  Result<Settled> authorized(Session& session, Attempt attempt, const Authorization& outcome, Instant now,
                             const Payment* known = nullptr);
  // A definite failure without a decline; `next` (already numbered) goes on elsewhere, or nothing does.
  Result<Settled> authorize_failed(Session& session, Attempt attempt, const Error& why, const Attempt* next, Instant now);
  // A resume could not be asked: the payer's action still stands.
  Result<Settled> still_waiting(Session& session, Attempt attempt, const Error& why, Instant now);
  Result<Settled> modified(Session& session, Attempt attempt, const Modification& outcome, Instant now);
  Result<Settled> modify_failed(Session& session, Attempt attempt, const Error& why, Instant now);

  // What an authorize attempt's caller is told, from the payment as it stands.
  static ApiAnswer answer_of(const Payment& payment, const std::string& route);

 private:
  Result<Settled> load(Session& session, Attempt& attempt, AttemptState state, Instant now, bool ends,
                       const Payment* known = nullptr);
  Settled finish(Session& session, Settled settled, const Attempt& attempt, ApiAnswer answer);
  Result<Settled> finish_refund(Session& session, Settled settled, const Attempt& attempt, Result<RefundStep> step);
  // The authorization that a canceled payment was waiting for has ended too.
  void end_waiting(Session& session, const Payment& payment, Instant now);
  void book_capture(Session& session, const Payment& payment, const Attempt& attempt, Money amount,
                    const std::optional<Money>& fee, Instant now);

  PaymentRepository& payments_;
  Random& random_;
  RefundBooks* refunds_ = nullptr;
};

// The payment's `last_error` for a decline and for a failure.
Json decline_error(const Declined& declined, const std::string& attempt_id);
Json failure_error(std::string_view type, std::string_view code, const std::string& message, const std::string& attempt_id);

}  // namespace florin
