// Payments that wait for their payer: asked about when the payer is back or a webhook says so, by a durable
// job when neither comes, and canceled when their time is over and the far side shows no payment (laws 2, 3).
#include "kernel/modules/payments/waiting.hpp"

#include <array>

#include <spdlog/spdlog.h>

#include "kernel/modules/payments/doubt.hpp"
#include "kernel/modules/payments/expiry.hpp"
#include "kernel/modules/payments/service.hpp"

namespace florin {

namespace {
using std::chrono::hours;
using std::chrono::minutes;
// A day, as hosted payment pages give their payers at the most; what a provider says in `expires_at` goes before.
constexpr Duration kActionLife = hours(24);
constexpr std::array<Duration, 6> kAskAfter = {minutes(2), minutes(10), minutes(30), hours(2), hours(6), hours(12)};
// What a far side cannot say for days it will hardly say within the next hour: each pause is this part of the
// time that has gone by.
constexpr int kLatePart = 8;
// Something else holds the payment, or has just ended: it is looked at again.
constexpr Duration kBusyPause = minutes(1);
// An ask of our own takes so long, mostly; whoever has news meanwhile waits for it to end.
constexpr Duration kAskedPause = std::chrono::milliseconds(100);
constexpr int kAskedPauses = 50;
}  // namespace

Instant action_end(const Payment& payment, Instant issued) {
  const auto told = integer_at(payment.next_action, "expires_at");
  return told ? Instant(std::chrono::seconds(*told)) : issued + kActionLife;
}

Instant next_ask(Instant issued, Instant end, Instant now) {
  for (const Duration after : kAskAfter)
    if (issued + after > now && issued + after < end) return issued + after;
  return now < end ? end : now + (now - issued) / kLatePart;
}

Task<Result<Payment>> PaymentService::poke(std::string merchant, std::string payment_id) {
  for (int pauses = 0;; ++pauses) {
    Task<Result<Payment>> resuming = resume_waiting(merchant, payment_id, false);
    Result<Payment> payment = co_await resuming;
    // Our own job asks at this moment, and may have asked before what is now the news.
    const bool asked = payment && payment->status == PaymentStatus::kRequiresAction && !payment->busy.empty() &&
                       payment->busy == payment->active_attempt;
    if (!asked || pauses == kAskedPauses) co_return payment;
    Task<void> sleeping = doors_.clock.sleep(kAskedPause);
    co_await sleeping;
  }
}

Task<Result<Payment>> PaymentService::resume_waiting(std::string merchant_id, std::string payment_id, bool quietly) {
  const auto merchant = merchants_.find(merchant_id);
  if (!merchant) co_return Error{Error::Kind::kNotFound, "no such merchant: " + merchant_id};
  const Instant now = doors_.clock.now();
  auto unit = [this, merchant, payment_id, quietly, now](Session& session) -> Result<Begun> {
    auto payment = payments_.find(session, merchant->id, payment_id);
    if (!payment) return Error{Error::Kind::kNotFound, "no such payment: " + payment_id, "", "payment_id"};
    Begun begun;
    const bool waits = payment->status == PaymentStatus::kRequiresAction && payment->busy.empty();
    auto attempt = waits ? payments_.find_attempt(session, merchant->id, payment->active_attempt) : std::nullopt;
    if (attempt && merchant->accounts.contains(attempt->account)) {
      const Payment before = *payment;
      payment->busy = attempt->id;
      payment->updated = now;
      attempt->state = AttemptState::kSending;
      attempt->idem_key.clear();  // Its first caller has been answered long ago.
      attempt->node = doors_.nodes.me();
      payments_.settle_attempt(session, *attempt);
      // An ask that nobody waits for is no news: there is some only when it finds some.
      const Result<Done> stored = quietly ? payments_.keep(session, *payment)
                                          : payments_.advance(session, before, *payment, PaymentStatus::kProcessing);
      if (!stored) return stored.error();
      begun.attempt = std::move(attempt);
    }
    begun.payment = std::move(payment);
    return begun;
  };
  Task<Result<Begun>> writing = doors_.store.write(unit);
  Result<Begun> begun = co_await writing;
  if (!begun) co_return begun.error();
  if (!begun->attempt) co_return std::move(*begun->payment);

  auto trip = board(merchant, std::move(*begun->payment), std::move(*begun->attempt));
  doors_.executor.begin("resume", drive_resume(trip));
  Task<ApiAnswer> waiting = await_trip(trip);
  const ApiAnswer answer = co_await waiting;
  auto query = [this, merchant, payment_id](Session& session) -> Result<Payment> {
    auto payment = payments_.find(session, merchant->id, payment_id);
    if (!payment) return Error{Error::Kind::kNotFound, "no such payment: " + payment_id};
    return *payment;
  };
  Task<Result<Payment>> reading = doors_.store.read(query);
  Result<Payment> payment = co_await reading;
  co_return payment;
}

Task<Result<JobOutcome>> PaymentService::run_payer_job(Job job) {
  const Json payload = Json::parse(job.payload);
  const std::string merchant_id = text_at(payload, "merchant"), attempt_id = text_at(payload, "attempt");
  const auto merchant = merchants_.find(merchant_id);
  if (!merchant) co_return Error{Error::Kind::kUnavailable, "merchant " + merchant_id + " is not configured: its payment waits"};
  Task<Result<Begun>> reading = read_attempt(merchant, attempt_id);
  Result<Begun> begun = co_await reading;
  if (!begun) co_return begun.error();
  using S = PaymentStatus;
  const bool open = begun->payment && begun->payment->active_attempt == attempt_id &&
                    (begun->payment->status == S::kRequiresAction || begun->payment->status == S::kProcessing);
  if (!open) co_return JobOutcome();
  if (begun->payment->status == S::kProcessing || !begun->payment->busy.empty())
    co_return JobOutcome{JobOutcome::Next::kAgainIn, kBusyPause};
  auto trip = board(merchant, std::move(*begun->payment), std::move(*begun->attempt));
  if (!trip->account())
    co_return Error{Error::Kind::kUnavailable, "account " + trip->attempt.account + " is not configured: its payment waits"};
  Task<Result<JobOutcome>> asking = ask_for_payer(trip);
  co_return co_await asking;
}

Task<Result<JobOutcome>> PaymentService::ask_for_payer(std::shared_ptr<Trip> trip) {
  Task<Result<AuthorizationLookup>> looking = carrier_.lookup(*trip->account(), trip->payment, trip->attempt);
  Result<AuthorizationLookup> found = co_await looking;
  const Instant now = doors_.clock.now(), issued = trip->attempt.started, end = action_end(trip->payment, issued);
  const JobOutcome later{JobOutcome::Next::kAgainIn, next_ask(issued, end, now) - now};
  if (!found || std::holds_alternative<InDoubt>(*found)) co_return later;
  if (std::holds_alternative<Approved>(*found) || std::holds_alternative<Declined>(*found)) {
    const std::optional<AuthorizeResult> known = known_outcome(std::move(*found), kHoldsNothing);
    Task<Result<JobOutcome>> adopting = adopt_waiting(trip, **known);
    co_return co_await adopting;
  }
  // The payer may have done all that is the payer's: some providers wait for us then.
  if (std::holds_alternative<RequiresAction>(*found) && trip->account()->descriptor->capabilities.resumes) {
    Task<Result<Payment>> resuming = resume_waiting(trip->merchant->id, trip->payment.id, true);
    const Result<Payment> payment = co_await resuming;
    if (!payment) co_return payment.error();
    if (payment->status != PaymentStatus::kRequiresAction || !payment->busy.empty())
      co_return JobOutcome{JobOutcome::Next::kAgainIn, kBusyPause};
  }
  if (now < end) co_return later;
  const std::string attempt_id = trip->attempt.id;
  const auto still = [attempt_id](const Payment& payment) {
    return payment.status == PaymentStatus::kRequiresAction && payment.active_attempt == attempt_id;
  };
  Task<Result<Done>> canceling = cancel_in_time(trip->merchant->id, trip->payment.id, "payer_did_not_act", still);
  const Result<Done> canceled = co_await canceling;
  if (!canceled) spdlog::warn("{}", canceled.error().message);
  // Whether it is over is seen then: the far side may say that it was paid after all.
  co_return JobOutcome{JobOutcome::Next::kAgainIn, canceled ? kBusyPause : later.pause};
}

// What the far side holds, for a payment that nobody else has taken up meanwhile.
Task<Result<JobOutcome>> PaymentService::adopt_waiting(std::shared_ptr<Trip> trip, Authorization outcome) {
  const Instant now = doors_.clock.now();
  const auto unit = [&](Session& session) -> Result<Settled> {
    auto payment = payments_.find(session, trip->merchant->id, trip->payment.id);
    const bool waits = payment && payment->status == PaymentStatus::kRequiresAction && payment->busy.empty() &&
                       payment->active_attempt == trip->attempt.id;
    if (!waits) return Settled{trip->payment, {}, false};
    Result<Settled> settled = settlement_.authorized(session, trip->attempt, outcome, now);
    if (settled) enqueue_expiry(session, doors_.jobs, *settled);
    return settled;
  };
  Task<Result<Settled>> settling = settle(trip, std::ref(unit));
  const Result<Settled> settled = co_await settling;
  if (!settled) co_return settled.error();
  forget_try(*trip, *settled);
  if (!settled->changed) co_return JobOutcome{JobOutcome::Next::kAgainIn, kBusyPause};
  co_return JobOutcome();
}

}  // namespace florin
