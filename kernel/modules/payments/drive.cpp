// What happens between a durable attempt and its settlement: the provider is asked, a silence is cleared
// up (doubt.cpp), a definite "no" goes on to the next account. The caller is answered within ten seconds anyhow.
#include <spdlog/spdlog.h>

#include "kernel/modules/idempotency/idempotency.hpp"
#include "kernel/modules/payments/doubt.hpp"
#include "kernel/modules/payments/expiry.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/modules/payments/service.hpp"
#include "kernel/platform/ids/ids.hpp"
#include "kernel/platform/seeded_bugs/seeded_bugs.hpp"

namespace florin {

namespace {

// The API promises an answer within ten seconds, what the network adds included.
constexpr Duration kAnswerWithin = std::chrono::milliseconds(8'500);

// Whether the store will take the same later: as often as it is asked until then.
bool waits_for_store(const Error& error) {
  return error.code == "store_unreachable" || error.code == "storage_full" || error.code == "store_busy";
}

// Whether another provider may still approve what this one declined.
bool may_go_elsewhere(const Declined& declined) { return retry_hint(declined.reason) == RetryHint::kAnotherProvider; }

}  // namespace

Task<ApiAnswer> PaymentService::await_trip(std::shared_ptr<Trip> trip) {
  std::optional<std::list<std::shared_ptr<Trip>>::iterator> place;
  if (!trip->box.taken()) {
    trip->deadline = doors_.clock.monotonic() + kAnswerWithin;
    const std::lock_guard lock(waiting_mutex_);
    place = waiting_.insert(waiting_.end(), trip);
    if (stopped_) overdue(trip);
  }
  Completion<ApiAnswer>& arrived = trip->box.arrived();
  ApiAnswer answer = co_await arrived;
  if (place) {
    const std::lock_guard lock(waiting_mutex_);
    waiting_.erase(*place);
  }
  co_return reveal(std::move(answer), trip->asked.payment_id);
}

void PaymentService::start() { doors_.executor.spawn("payment deadlines", watch_deadlines()); }

Task<void> PaymentService::watch_deadlines() {
  for (;;) {
    const Duration before = doors_.clock.monotonic();
    Task<void> sleeping = doors_.clock.sleep(std::chrono::milliseconds(50));
    co_await sleeping;
    const Duration now = doors_.clock.monotonic();
    const std::lock_guard lock(waiting_mutex_);
    // The clock has stopped: what is in doubt now stays so until the next start, and who waits would wait for ever.
    stopped_ = now - before < std::chrono::milliseconds(10);
    for (const std::shared_ptr<Trip>& trip : waiting_) {
      if (trip->deadline > now && !stopped_) break;  // All wait equally long: the rest is younger.
      overdue(trip);
    }
    if (stopped_) co_return;
  }
}

void PaymentService::overdue(const std::shared_ptr<Trip>& trip) {
  if (!std::exchange(trip->overdue, true)) doors_.executor.spawn("answer processing", answer_processing(trip));
}

// The operation takes too long: its caller is told how things stand, and a replay will say the same.
Task<void> PaymentService::answer_processing(std::shared_ptr<Trip> trip) {
  auto unit = [this, trip](Session& session) -> Result<ApiAnswer> {
    const Trip::Asked& asked = trip->asked;
    // Settled a moment ago, and answered there.
    if (auto told = payments_.told_answer(session, trip->merchant->id, asked.payment_id, asked.idempotency)) return *told;
    const auto payment = payments_.find(session, trip->merchant->id, asked.payment_id);
    if (!payment) return Error{Error::Kind::kNotFound, "no such payment"};
    ApiAnswer answer;
    if (asked.kind == AttemptKind::kRefund) {
      answer = json_answer(202, settlement_.refunds().show_refund(session, trip->merchant->id, asked.refund_id));
      answer.object_id = asked.refund_id;
    } else {
      const bool created = asked.idempotency.route.starts_with("createPayment");
      answer = text_answer(created ? 201 : asked.kind == AttemptKind::kAuthorize ? 200 : 202,
                           payment_text(*payment, kClientSecretMark));
      answer.object_id = payment->id;
    }
    finish_key(session, trip->merchant->id, asked.idempotency, answer);
    return answer;
  };
  Task<Result<ApiAnswer>> writing = doors_.store.write(unit);
  Result<ApiAnswer> answer = co_await writing;
  trip->box.offer(answer ? std::move(*answer) : problem(answer.error()));
}

// Commits a settlement, tells who waits, and lets the counters know. A store that cannot now is tried
// again for as long as this process works: only it knows the outcome. After that, recovery asks.
Task<Result<Settled>> PaymentService::settle(std::shared_ptr<Trip> trip, std::function<Result<Settled>(Session&)> unit) {
  Duration pause = std::chrono::milliseconds(50);
  bool stopped = false;
  for (int failures = 0;;) {
    Task<Result<Settled>> writing = doors_.store.write(std::ref(unit));
    Result<Settled> settled = co_await writing;
    const bool again = !settled && (settled.error().kind == Error::Kind::kUnavailable ||
                                    settled.error().kind == Error::Kind::kConflict);
    if (!again || stopped || (!waits_for_store(settled.error()) && ++failures == 12)) {
      if (!settled)
        spdlog::error("attempt {} of {} could not be settled and waits for recovery: {}", trip->attempt.id,
                      trip->payment.id, settled.error().message);
      if (settled && settled->try_outcome != TryOutcome::kPending && trip->reservation) {
        risk_.counters().settle(*trip->reservation, settled->try_outcome);
        trip->reservation.reset();
      }
      co_return settled;
    }
    if (std::exchange(trip->may_be_current, false) && settled.error().kind == Error::Kind::kConflict) continue;
    const Duration before = doors_.clock.monotonic();
    Task<void> sleeping = doors_.clock.sleep(pause);
    co_await sleeping;
    stopped = doors_.clock.monotonic() - before < pause / 2;  // The clock has stopped: one last try.
    pause = std::min<Duration>(pause * 2, std::chrono::seconds(1));
  }
}

Task<void> PaymentService::finish(std::shared_ptr<Trip> trip, Authorization outcome) {
  const Instant now = doors_.clock.now();
  trip->request.reset();
  if (FLORIN_SEEDED_BUG(answer_before_commit)) {
    Payment early = trip->payment;
    early.status = PaymentStatus::kSucceeded;
    trip->box.offer(Settlement::answer_of(early, trip->attempt.idem_route));
  }
  const auto unit = [&](Session& session) {
    const Payment* const known = trip->may_be_current ? &trip->payment : nullptr;
    Result<Settled> settled = settlement_.authorized(session, trip->attempt, outcome, now, known);
    if (settled) enqueue_expiry(session, doors_.jobs, *settled);
    return settled;
  };
  Task<Result<Settled>> settling = settle(trip, std::ref(unit));
  Result<Settled> settled = co_await settling;
  const bool approved = std::holds_alternative<Approved>(outcome) || std::holds_alternative<RequiresAction>(outcome);
  record_.add(trip->merchant->id + "/" + trip->attempt.account, approved);
  trip->box.offer(settled ? std::move(settled->answer) : problem(settled.error()));
}

// True: the attempt failed for good and the next account's attempt is durable. False: no account is left.
Task<bool> PaymentService::fail_over(std::shared_ptr<Trip> trip, Error why) {
  const Instant now = doors_.clock.now();
  record_.add(trip->merchant->id + "/" + trip->attempt.account, false);
  std::optional<Attempt> next;
  while (!trip->routes.empty() && !next) {
    const auto account = trip->merchant->accounts.find(trip->routes.front());
    trip->routes.erase(trip->routes.begin());
    if (account == trip->merchant->accounts.end()) continue;
    next = trip->attempt;
    next->id = new_id("att", now, doors_.random);
    next->number = trip->attempt.number + 1;
    next->account = account->first;
    next->provider = account->second.config->provider;
    next->state = AttemptState::kSending;
    next->reference.clear();
    next->operation_reference.clear();
    next->decline_reason.clear();
    next->provider_code.clear();
    next->exchanges = Json::array();
    next->told.clear();
    next->message.clear();
    next->started = now;
    next->node = doors_.nodes.me();
  }
  auto unit = [this, trip, why, next, now](Session& session) {
    return settlement_.authorize_failed(session, trip->attempt, why, next ? &*next : nullptr, now);
  };
  Task<Result<Settled>> settling = settle(trip, unit);
  Result<Settled> settled = co_await settling;
  if (settled && settled->changed && next) {
    trip->attempt = *next;
    trip->payment = std::move(settled->payment);
    co_return true;
  }
  trip->request.reset();
  trip->box.offer(settled ? settled->answer : problem(settled.error()));
  co_return false;
}

Task<void> PaymentService::drive(std::shared_ptr<Trip> trip) {
  for (;;) {
    const ProviderAccount* const account = trip->account();
    Task<AuthorizeResult> asking = carrier_.authorize(*account, *trip->request, trip->attempt);
    AuthorizeResult outcome = co_await asking;
    const auto* const doubt = outcome ? std::get_if<InDoubt>(&*outcome) : nullptr;
    if (doubt && FLORIN_SEEDED_BUG(failover_on_silence)) {
      outcome = Error{Error::Kind::kTimedOut, "no answer came"};
    } else if (doubt) {
      if (!doubt->reference.empty()) trip->attempt.reference = doubt->reference;
      Task<std::optional<AuthorizeResult>> clearing = clear_up(trip, *doubt, kHoldsNothing);
      std::optional<AuthorizeResult> known = co_await clearing;
      if (!known) co_return;  // Still in doubt: the job goes on.
      outcome = std::move(*known);
    }
    const auto* const declined = outcome ? std::get_if<Declined>(&*outcome) : nullptr;
    if (declined && may_go_elsewhere(*declined) && !trip->routes.empty()) {
      trip->attempt.decline_reason = to_text(declined->reason);
      trip->attempt.provider_code = declined->provider_code;
      outcome = Error{Error::Kind::kDenied, "declined, and another provider may take it: " + trip->attempt.decline_reason};
    }
    if (outcome) {
      Task<void> finishing = finish(trip, std::move(*outcome));
      co_await finishing;
      co_return;
    }
    Task<bool> failing = fail_over(trip, outcome.error());
    const bool goes_on = co_await failing;
    if (!goes_on) co_return;
  }
}

Task<void> PaymentService::drive_resume(std::shared_ptr<Trip> trip) {
  const ProviderAccount* const account = trip->account();
  Task<AuthorizeResult> asking = carrier_.resume(*account, trip->payment, trip->attempt);
  AuthorizeResult outcome = co_await asking;
  const auto* const doubt = outcome ? std::get_if<InDoubt>(&*outcome) : nullptr;
  if (doubt) {
    Task<std::optional<AuthorizeResult>> clearing = clear_up(trip, *doubt, "the provider has not taken the payment");
    std::optional<AuthorizeResult> known = co_await clearing;
    if (!known) co_return;
    outcome = std::move(*known);
  }
  if (outcome) {
    Task<void> finishing = finish(trip, std::move(*outcome));
    co_await finishing;
    co_return;
  }
  const Instant now = doors_.clock.now();
  auto unit = [this, trip, why = outcome.error(), now](Session& session) {
    return settlement_.still_waiting(session, trip->attempt, why, now);
  };
  Task<Result<Settled>> settling = settle(trip, unit);
  const Result<Settled> settled = co_await settling;
  trip->box.offer(settled ? settled->answer : problem(settled.error()));
}

Task<void> PaymentService::drive_modification(std::shared_ptr<Trip> trip) {
  for (;;) {
    const ProviderAccount* const account = trip->account();
    Task<ModifyResult> asking = carrier_.modify(*account, trip->payment, trip->attempt, trip->reason);
    ModifyResult outcome = co_await asking;
    const auto* const doubt = outcome ? std::get_if<InDoubt>(&*outcome) : nullptr;
    if (doubt && FLORIN_SEEDED_BUG(resent_under_new_key)) {
      Attempt other = trip->attempt;
      other.id += "0";
      Task<ModifyResult> resending = carrier_.modify(*account, trip->payment, other, trip->reason);
      outcome = co_await resending;
    } else if (doubt) {
      Task<std::optional<ModifyResult>> clearing = clear_up_modification(trip, *doubt);
      std::optional<ModifyResult> known = co_await clearing;
      if (!known) co_return;
      outcome = std::move(*known);
    }
    const Instant now = doors_.clock.now();
    auto unit = [this, trip, outcome, now](Session& session) {
      return outcome ? settlement_.modified(session, trip->attempt, *outcome, now)
                     : settlement_.modify_failed(session, trip->attempt, outcome.error(), now);
    };
    Task<Result<Settled>> settling = settle(trip, unit);
    Result<Settled> settled = co_await settling;
    const bool goes_on = settled && settled->next;
    if (!goes_on) {
      trip->box.offer(settled ? settled->answer : problem(settled.error()));
      co_return;
    }
    trip->payment = std::move(settled->payment);
    trip->attempt = std::move(*settled->next);
    trip->reason = settled->reason;
  }
}

}  // namespace florin
