// The use cases of a payment: what routes, webhooks, jobs and recovery call. Every one of them is safe to
// repeat, and whatever it asks of a provider is durable before it leaves (laws 1 to 3).
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/cards/tokens.hpp"
#include "kernel/modules/merchants/directory.hpp"
#include "kernel/modules/payment_methods/service.hpp"
#include "kernel/modules/payments/carrier.hpp"
#include "kernel/modules/payments/order.hpp"
#include "kernel/modules/payments/quiet.hpp"
#include "kernel/modules/payments/settlement.hpp"
#include "kernel/modules/payments/trip.hpp"
#include "kernel/modules/risk/risk.hpp"
#include "kernel/modules/routing/routing.hpp"
#include "kernel/platform/jobs/jobs.hpp"
#include "kernel/platform/nodes/nodes.hpp"

namespace florin {

struct PaymentDoors {
  Store& store;
  Executor& executor;
  Clock& clock;
  Random& random;
  Jobs& jobs;
  const Vault& vault;
  Nodes& nodes;
};

class PaymentService {
 public:
  PaymentService(PaymentDoors doors, MerchantDirectory& merchants, CardTokens& tokens, PaymentMethods& methods, Risk& risk,
                 Routing& routing, AccountRecord& record, Carrier& carrier);

  // ---- For routes. `request` outlives the Task. ----
  Task<ApiAnswer> create(const ApiRequest& request, bool intent_only);
  Task<ApiAnswer> confirm(const ApiRequest& request);
  Task<ApiAnswer> capture(const ApiRequest& request, std::string payment_id);
  Task<ApiAnswer> cancel(const ApiRequest& request, std::string payment_id);

  // The payer came back, or a provider's webhook says that something happened: asks the provider how the
  // payment's waiting attempt stands. Nothing to do is no error.
  Task<Result<Payment>> poke(std::string merchant, std::string payment_id);
  // Gives back an authorization that nobody captured in time.
  Task<Result<Done>> expire_authorization(std::string merchant, std::string payment_id);

  // A capture, void or refund whose attempt `begin` makes durable: for the refunds module too.
  // `begin(Session&) -> Result<Begun>`; an answer in it means that there is nothing to carry.
  struct Begun {
    std::optional<ApiAnswer> answer;
    std::optional<Payment> payment;
    std::optional<Attempt> attempt;
  };
  Task<ApiAnswer> run_modification(std::shared_ptr<const Merchant> merchant, Idempotency idempotency, std::string reason,
                                   std::function<Result<Begun>(Session&)> begin);

  // ---- For recovery and jobs ----
  void add_job_kinds();
  // In a unit: its provider is asked at once how it stands, whenever its own job would; Jobs::wake() after. Once for
  // each `name`, for as long as that is being done.
  void ask_about(Session& session, const std::string& name, const OpenAttempt& attempt);
  // In the unit that removes a dead node: what it was carrying is settled by asking, at once (law 2).
  void take_over(Session& session, const std::string& node);
  // Before the edge opens: looks from then on for attempts that nobody carries.
  Task<Result<Done>> recover();

  // Puts the payment's client secret into an answer that leaves.
  ApiAnswer reveal(ApiAnswer answer, const std::string& payment_id) const;
  std::string client_secret(const std::string& payment_id) const;
  // Whether a client secret opens this payment; in constant time.
  bool opens(const std::string& secret, const std::string& payment_id) const;

  PaymentRepository& repository() { return payments_; }
  Settlement& settlement() { return settlement_; }
  MerchantDirectory& merchants() { return merchants_; }
  PaymentDoors& doors() { return doors_; }
  std::string return_url(const Merchant& merchant, const std::string& payment_id) const;
  // Starts answering the requests that have waited too long; runs until the clock stops.
  void start();

 private:
  struct Resolved;  // The instrument, and what was found in the database before deciding.
  Task<Result<Resolved>> resolve(std::shared_ptr<const Merchant> merchant, const Idempotency& idempotency,
                                 const PaymentOrder& order, Resolved given, std::string payment_id);
  std::optional<SavedMethod> card_to_save(const Payment& payment, const Resolved& resolved) const;
  Result<Done> settle_saving(Session& session, Payment& payment);
  // All that it is given by reference outlives the Task, and is used up by it.
  Task<ApiAnswer> attempt_payment(std::shared_ptr<const Merchant> merchant, Payment& payment, bool is_new,
                                  const PaymentOrder& order, Resolved& resolved, const Idempotency& idempotency);
  Task<ApiAnswer> store_unconfirmed(std::shared_ptr<const Merchant> merchant, Payment payment, PaymentOrder order,
                                    Idempotency idempotency);

  Task<ApiAnswer> await_trip(std::shared_ptr<Trip> trip);
  Task<void> drive(std::shared_ptr<Trip> trip);
  Task<void> drive_resume(std::shared_ptr<Trip> trip);
  Task<void> drive_modification(std::shared_ptr<Trip> trip);
  // What an outcome in doubt proves to be (doubt.hpp): the provider is asked until it knows, for half a
  // minute. Nothing: not known yet, and a job goes on.
  Task<std::optional<AuthorizeResult>> clear_up(std::shared_ptr<Trip> trip, InDoubt doubt, std::string none);
  Task<std::optional<ModifyResult>> clear_up_modification(std::shared_ptr<Trip> trip, InDoubt doubt);
  // False: the store cannot say so now.
  Task<bool> mark_in_doubt(std::shared_ptr<Trip> trip, InDoubt doubt);
  Task<bool> fail_over(std::shared_ptr<Trip> trip, Error why);
  Task<void> finish(std::shared_ptr<Trip> trip, Authorization outcome);
  Task<Result<Settled>> settle(std::shared_ptr<Trip> trip, std::function<Result<Settled>(Session&)> unit);
  // Under waiting_mutex_.
  void overdue(const std::shared_ptr<Trip>& trip);
  Task<void> answer_processing(std::shared_ptr<Trip> trip);
  Task<void> watch_deadlines();

  Task<Result<JobOutcome>> run_settle_job(Job job);
  Task<Result<Done>> date_from_now(Attempt& attempt);
  Task<Result<JobOutcome>> run_expire_job(Job job);
  // Asks for a payer who has not come back, and whose provider's webhooks have not come either.
  Task<Result<JobOutcome>> run_payer_job(Job job);
  Task<Result<JobOutcome>> ask_for_payer(std::shared_ptr<Trip> trip);
  Task<Result<JobOutcome>> adopt_waiting(std::shared_ptr<Trip> trip, Authorization outcome);
  // Lets the provider go on with a payment that waits for its payer. `quietly`: told only when it moves.
  Task<Result<Payment>> resume_waiting(std::string merchant, std::string payment_id, bool quietly);
  // Cancels at the provider what `is_due` says of the payment as it then stands; nothing to do is no error.
  Task<Result<Done>> cancel_in_time(std::string merchant, std::string payment_id, std::string reason,
                                    std::function<bool(const Payment&)> is_due);
  // The attempt and its payment; both empty when there is none.
  Task<Result<Begun>> read_attempt(std::shared_ptr<const Merchant> merchant, std::string attempt_id);
  void forget_try(const Trip& trip, const Settled& settled);
  Task<Result<JobOutcome>> settle_authorize(std::shared_ptr<Trip> trip);
  Task<Result<JobOutcome>> settle_modification(std::shared_ptr<Trip> trip);
  Task<Result<JobOutcome>> run_sweep_job();
  Task<Result<Done>> ask_about_abandoned(std::string name, std::vector<AttemptState> states);
  bool is_abandoned(const OpenAttempt& attempt, const std::set<std::string>& living, Instant now) const;
  // How long a NotFound from a look-up begun at `asked` is not to be believed yet; 0: it is.
  Duration too_early(const Trip& trip, Duration asked);
  std::shared_ptr<Trip> board(std::shared_ptr<const Merchant> merchant, Payment payment, Attempt attempt);
  Result<Begun> begin_cancel(Session& session, const Merchant& merchant, const std::string& payment_id,
                             const std::string& reason, const Idempotency& idempotency, Instant now);
  // Due `after` the moment at which the unit runs: Jobs follows a clock that is put back in what is stored alone.
  void enqueue_settle(Session& session, const Attempt& attempt, Duration after);

  PaymentDoors doors_;
  MerchantDirectory& merchants_;
  CardTokens& tokens_;
  PaymentMethods& methods_;
  Risk& risk_;
  Routing& routing_;
  AccountRecord& record_;
  Carrier& carrier_;
  PaymentRepository payments_;
  Settlement settlement_;
  const std::shared_ptr<Aboard> aboard_ = std::make_shared<Aboard>();
  QuietAttempts quiet_;
  std::mutex waiting_mutex_;
  std::list<std::shared_ptr<Trip>> waiting_;  // By deadline: all wait equally long.
  bool stopped_ = false;                      // The clock has: nobody watches deadlines any more.
};

}  // namespace florin
