// Asking again: attempts in doubt by a durable job, and whatever a dead process left open (law 2). Nothing here ever makes a new request that moves money, but
// for the parts of a refund that had not been begun; quiet.hpp says when a provider that knows nothing is
// believed (law 3).
#include <spdlog/spdlog.h>

#include "kernel/modules/idempotency/idempotency.hpp"
#include "kernel/modules/ledger/ledger.hpp"
#include "kernel/modules/payments/doubt.hpp"
#include "kernel/modules/payments/expiry.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/modules/payments/service.hpp"
#include "kernel/platform/ids/ids.hpp"
#include "kernel/platform/seeded_bugs/seeded_bugs.hpp"

namespace florin {

namespace {
constexpr int kOpenMax = 10'000;
// How often it is looked for attempts that nobody carries: those that a dead node's last transaction brought
// after its end had been seen.
constexpr Duration kSweepEvery = std::chrono::seconds(5);
// An attempt of this process that none of its tasks works on, after so long: its task was ended by a bug.
constexpr Duration kStuckAfter = std::chrono::minutes(3);
// The carrier ends an exchange a moment after its time-out.
constexpr Duration kExchangeSlack = std::chrono::milliseconds(500);
}  // namespace

void PaymentService::enqueue_settle(Session& session, const Attempt& attempt, Duration after) {
  doors_.jobs.enqueue(session,
                      Job{"settle:" + attempt.id, "settle_attempt",
                          to_text(Json{{"merchant", attempt.merchant}, {"attempt", attempt.id}})},
                      micros(doors_.clock.now() + after));
}

void PaymentService::add_job_kinds() {
  JobKind settle;
  settle.kind = "settle_attempt";
  settle.run = [this](Job job) { return run_settle_job(std::move(job)); };
  using std::chrono::seconds;
  // Quick at first, then for three days: a provider may be down for long, and the answer is always there.
  for (const int pause : {5, 10, 20, 40, 60, 120, 300, 600, 1200, 1800}) settle.schedule.push_back(seconds(pause));
  for (int i = 0; i < 72; ++i) settle.schedule.push_back(seconds(3600));
  doors_.jobs.add_kind(settle);
  JobKind expire;
  expire.kind = "expire_authorization";
  expire.run = [this](Job job) { return run_expire_job(std::move(job)); };
  for (const int pause : {60, 300, 1800, 3600, 3600, 3600}) expire.schedule.push_back(seconds(pause));
  doors_.jobs.add_kind(expire);
  JobKind payer;
  payer.kind = "ask_for_payer";
  payer.run = [this](Job job) { return run_payer_job(std::move(job)); };
  // For when the store fails it: all else asks for its own pause.
  for (const int pause : {60, 300, 1800, 3600, 3600, 3600, 3600, 3600, 3600, 3600, 3600, 3600})
    payer.schedule.push_back(seconds(pause));
  doors_.jobs.add_kind(payer);
  JobKind sweep_kind;
  sweep_kind.kind = "sweep_attempts";
  sweep_kind.run = [this](Job) -> Task<Result<JobOutcome>> { return run_sweep_job(); };
  sweep_kind.schedule = {seconds(60)};
  doors_.jobs.add_kind(sweep_kind);
}

std::shared_ptr<Trip> PaymentService::board(std::shared_ptr<const Merchant> merchant, Payment payment,
                                            Attempt attempt) {
  return std::make_shared<Trip>(doors_.executor, aboard_, std::move(merchant), std::move(payment), std::move(attempt));
}

void PaymentService::ask_about(Session& session, const std::string& name, const OpenAttempt& attempt) {
  doors_.jobs.enqueue(session,
                      Job{name + ":" + attempt.id, "settle_attempt",
                          to_text(Json{{"merchant", attempt.merchant}, {"attempt", attempt.id}})},
                      micros(doors_.clock.now()));
}

void PaymentService::take_over(Session& session, const std::string& node) {
  for (const AttemptState state : {AttemptState::kSending, AttemptState::kInDoubt})
    for (const OpenAttempt& attempt : payments_.open_attempts(session, state, kOpenMax))
      if (attempt.node == node) ask_about(session, "recover:" + node, attempt);
}

bool PaymentService::is_abandoned(const OpenAttempt& attempt, const std::set<std::string>& living, Instant now) const {
  if (attempt.node != doors_.nodes.me()) return living.count(attempt.node) == 0;
  // One that started in the future did so before the clock was put back.
  const Duration age = now - attempt.started;
  return (age > kStuckAfter || age < -kStuckAfter) && !aboard_->has(attempt.payment_id);
}

Task<Result<Done>> PaymentService::ask_about_abandoned(std::string name, std::vector<AttemptState> states) {
  const Instant now = doors_.clock.now();
  auto query = [this, states, now](Session& session) -> Result<std::vector<OpenAttempt>> {
    const std::set<std::string> living = living_nodes(session);
    std::vector<OpenAttempt> abandoned;
    for (const AttemptState state : states)
      for (OpenAttempt& attempt : payments_.open_attempts(session, state, kOpenMax))
        if (is_abandoned(attempt, living, now)) abandoned.push_back(std::move(attempt));
    return abandoned;
  };
  Task<Result<std::vector<OpenAttempt>>> reading = doors_.store.read(query);
  const Result<std::vector<OpenAttempt>> abandoned = co_await reading;
  if (!abandoned) co_return abandoned.error();
  if (abandoned->empty()) co_return Done();
  auto unit = [this, name, abandoned](Session& session) -> Result<Done> {
    for (const OpenAttempt& attempt : *abandoned) ask_about(session, name, attempt);
    return Done();
  };
  Task<Result<Done>> writing = doors_.store.write(unit);
  const Result<Done> written = co_await writing;
  if (!written) co_return written.error();
  spdlog::debug("{} attempts are carried by nobody; their providers are asked", abandoned->size());
  doors_.jobs.wake();
  co_return Done();
}

Task<Result<Done>> PaymentService::recover() {
  // What was in doubt is asked about at once, however long its job would have waited.
  const std::vector<AttemptState> both = {AttemptState::kSending, AttemptState::kInDoubt};
  Task<Result<Done>> asking = ask_about_abandoned("recover:" + doors_.nodes.me(), both);
  const Result<Done> asked = co_await asking;
  if (!asked) co_return asked.error();
  auto unit = [this](Session& session) -> Result<Done> {
    // Anew: a process that died while its clock was ahead has left one that is due in an hour, or in ten years.
    doors_.jobs.cancel(session, "sweep_attempts");
    doors_.jobs.enqueue(session, Job{"sweep_attempts", "sweep_attempts", "{}"}, micros(doors_.clock.now() + kSweepEvery));
    return Done();
  };
  Task<Result<Done>> writing = doors_.store.write(unit);
  co_return co_await writing;
}

Task<Result<JobOutcome>> PaymentService::run_sweep_job() {
  const std::vector<AttemptState> sending = {AttemptState::kSending};
  Task<Result<Done>> asking = ask_about_abandoned("sweep", sending);
  const Result<Done> done = co_await asking;
  if (!done) spdlog::warn("abandoned attempts could not be looked for: {}", done.error().message);
  co_return JobOutcome{JobOutcome::Next::kAgainIn, kSweepEvery};
}

Duration PaymentService::too_early(const Trip& trip, Duration asked) {
  const Duration believed = quiet_.since(trip.attempt.id, asked) + trip.account()->route.timeout + kExchangeSlack;
  return std::max(Duration(0), believed - asked);
}

Task<Result<JobOutcome>> PaymentService::run_expire_job(Job job) {
  const Json payload = Json::parse(job.payload);
  const std::string merchant_id = text_at(payload, "merchant"), payment_id = text_at(payload, "payment");
  // A job may come early, when the clock was put back; the authorization is kept to its end all the same.
  auto query = [this, merchant_id, payment_id](Session& session) -> Result<std::optional<Payment>> {
    return payments_.find(session, merchant_id, payment_id);
  };
  Task<Result<std::optional<Payment>>> reading = doors_.store.read(query);
  const Result<std::optional<Payment>> payment = co_await reading;
  if (!payment) co_return payment.error();
  const Instant now = doors_.clock.now();
  if (*payment && (*payment)->status == PaymentStatus::kRequiresCapture && (*payment)->capture_before.value_or(now) > now)
    co_return JobOutcome{JobOutcome::Next::kAgainIn, *(*payment)->capture_before - now};
  Task<Result<Done>> expiring = expire_authorization(merchant_id, payment_id);
  const Result<Done> done = co_await expiring;
  if (!done) co_return done.error();
  co_return JobOutcome();
}

Task<Result<PaymentService::Begun>> PaymentService::read_attempt(std::shared_ptr<const Merchant> merchant,
                                                                 std::string attempt_id) {
  auto query = [this, merchant, attempt_id](Session& session) -> Result<Begun> {
    Begun begun;
    begun.attempt = payments_.find_attempt(session, merchant->id, attempt_id);
    if (begun.attempt) begun.payment = payments_.find(session, merchant->id, begun.attempt->payment_id);
    return begun;
  };
  Task<Result<Begun>> reading = doors_.store.read(query);
  co_return co_await reading;
}

// A provider that shows nothing is believed when it has had its time, which would never pass for an attempt that began
// in an hour, or in ten years, by a clock that has been put right since. It is as old as we know it to be: it begins now.
Task<Result<Done>> PaymentService::date_from_now(Attempt& attempt) {
  const Instant now = doors_.clock.now();
  if (attempt.started <= now) co_return Done();
  attempt.started = now;
  auto unit = [this, attempt](Session& session) -> Result<Done> {
    payments_.set_started(session, attempt);
    return Done();
  };
  Task<Result<Done>> writing = doors_.store.write(unit);
  co_return co_await writing;
}

Task<Result<JobOutcome>> PaymentService::run_settle_job(Job job) {
  const Json payload = Json::parse(job.payload);
  const std::string merchant_id = text_at(payload, "merchant"), attempt_id = text_at(payload, "attempt");
  const auto merchant = merchants_.find(merchant_id);
  if (!merchant) co_return Error{Error::Kind::kUnavailable, "merchant " + merchant_id + " is not configured: its attempt waits"};
  Task<Result<Begun>> reading = read_attempt(merchant, attempt_id);
  Result<Begun> begun = co_await reading;
  if (!begun) co_return begun.error();
  const bool open = begun->attempt && begun->payment &&
                    (begun->attempt->state == AttemptState::kSending || begun->attempt->state == AttemptState::kInDoubt);
  if (!open) {
    quiet_.forget(attempt_id);
    co_return JobOutcome();
  }
  // This process is at it, and knows more than a look-up tells.
  if (begun->attempt->node == doors_.nodes.me() && aboard_->has(begun->payment->id))
    co_return JobOutcome{JobOutcome::Next::kAgainIn, std::chrono::seconds(5)};
  Task<Result<Done>> dating = date_from_now(*begun->attempt);
  const Result<Done> dated = co_await dating;
  if (!dated) co_return dated.error();
  auto trip = board(merchant, std::move(*begun->payment), std::move(*begun->attempt));
  if (!trip->account())
    co_return Error{Error::Kind::kUnavailable, "account " + trip->attempt.account + " is not configured: its attempt waits"};
  Task<Result<JobOutcome>> settling =
      trip->attempt.kind == AttemptKind::kAuthorize ? settle_authorize(trip) : settle_modification(trip);
  Result<JobOutcome> outcome = co_await settling;
  if (outcome && outcome->next == JobOutcome::Next::kDone) quiet_.forget(attempt_id);
  co_return outcome;
}

// The counters read again what was decided, now that it has an end.
void PaymentService::forget_try(const Trip& trip, const Settled& settled) {
  if (!settled.changed || settled.try_outcome == TryOutcome::kPending) return;
  const TrySubject subject{text_at(trip.payment.method, "card.fingerprint"), trip.payment.customer_id,
                           text_at(trip.payment.details, "device.ip"), text_at(trip.payment.details, "device.id")};
  risk_.counters().forget(trip.merchant->id, subject);
}

Task<Result<JobOutcome>> PaymentService::settle_authorize(std::shared_ptr<Trip> trip) {
  const Duration early = too_early(*trip, doors_.clock.monotonic());
  Task<Result<AuthorizationLookup>> asking = carrier_.lookup(*trip->account(), trip->payment, trip->attempt);
  Result<AuthorizationLookup> found = co_await asking;
  if (!found) co_return found.error();
  if (std::holds_alternative<NotFound>(*found) && early > Duration(0))
    co_return JobOutcome{JobOutcome::Next::kAgainIn, early};
  const Instant now = doors_.clock.now();
  const auto* const doubt = std::get_if<InDoubt>(&*found);
  const AuthorizeResult outcome =
      doubt ? AuthorizeResult(Authorization(*doubt)) : known_outcome(*found, kHoldsNothing).value();
  const auto unit = [&](Session& session) {
    // The instrument is gone with the process that had it: the merchant may confirm again.
    if (!outcome) return settlement_.authorize_failed(session, trip->attempt, outcome.error(), nullptr, now);
    Result<Settled> settled = settlement_.authorized(session, trip->attempt, *outcome, now);
    if (FLORIN_SEEDED_BUG(double_posting_on_recovery) && settled && settled->changed && !settled->payment.captured.is_zero())
      post(session,
           LedgerTransaction{trip->merchant->id, "capture", trip->payment.id, "", trip->attempt.id,
                             capture_lines(trip->attempt.account, settled->payment.captured, std::nullopt), now},
           doors_.random);
    if (settled) enqueue_expiry(session, doors_.jobs, *settled);
    return settled;
  };
  Task<Result<Settled>> settling = settle(trip, std::ref(unit));
  const Result<Settled> settled = co_await settling;
  if (!settled) co_return settled.error();
  forget_try(*trip, *settled);
  if (doubt)
    co_return Error{Error::Kind::kTimedOut, "attempt " + trip->attempt.id + " is still in doubt"};
  co_return JobOutcome();
}

Task<Result<JobOutcome>> PaymentService::settle_modification(std::shared_ptr<Trip> trip) {
  const Duration early = too_early(*trip, doors_.clock.monotonic());
  Task<Result<ModificationLookup>> asking = carrier_.lookup_modification(*trip->account(), trip->payment, trip->attempt);
  Result<ModificationLookup> found = co_await asking;
  if (!found) co_return found.error();
  if (std::holds_alternative<NotFound>(*found) && early > Duration(0))
    co_return JobOutcome{JobOutcome::Next::kAgainIn, early};
  const Instant now = doors_.clock.now();
  const auto* const doubt = std::get_if<InDoubt>(&*found);
  const ModifyResult outcome = doubt ? ModifyResult(Modification(*doubt)) : known_outcome(*found, kNotDone).value();
  const auto unit = [&](Session& session) {
    return outcome ? settlement_.modified(session, trip->attempt, *outcome, now)
                   : settlement_.modify_failed(session, trip->attempt, outcome.error(), now);
  };
  Task<Result<Settled>> settling = settle(trip, std::ref(unit));
  Result<Settled> settled = co_await settling;
  if (!settled) co_return settled.error();
  if (settled->next) {
    // The rest of a refund in parts: an attempt that was never sent, not the one that was asked about.
    trip->payment = std::move(settled->payment);
    trip->attempt = std::move(*settled->next);
    trip->reason = settled->reason;
    doors_.executor.begin("rest of a refund", drive_modification(trip));
    co_return JobOutcome();
  }
  if (doubt)
    co_return Error{Error::Kind::kTimedOut, "attempt " + trip->attempt.id + " is still in doubt"};
  co_return JobOutcome();
}

}  // namespace florin
