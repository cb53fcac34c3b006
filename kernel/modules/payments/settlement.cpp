// Outcomes into rows: attempt, payment, ledger, event and stored answer, in one unit.
#include "kernel/modules/payments/settlement.hpp"

#include <fmt/format.h>

#include "kernel/modules/idempotency/idempotency.hpp"
#include "kernel/modules/ledger/ledger.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/modules/payments/waiting.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/ids/ids.hpp"
#include "kernel/platform/seeded_bugs/seeded_bugs.hpp"

namespace florin {

namespace {

// Card networks hold an authorization seven days before it lapses (Visa Core Rules 5.8.3, CNP).
constexpr auto kAuthorizationLife = std::chrono::hours(24 * 7);

std::string_view kind_name(RequiresAction::Kind kind) {
  switch (kind) {
    case RequiresAction::Kind::kRedirect: return "redirect";
    case RequiresAction::Kind::kThreeDs: return "three_ds";
    case RequiresAction::Kind::kQr: return "qr";
    case RequiresAction::Kind::kWallet: return "wallet";
    case RequiresAction::Kind::kTransfer: return "transfer";
  }
  return "redirect";
}

Json action_json(const RequiresAction& action) {
  Json json{{"type", kind_name(action.kind)}};
  if (!action.url.empty()) json["url"] = action.url;
  if (!action.data.empty()) json["data"] = action.data;
  return json;
}

// Told again, an action keeps its end.
void wait_for(Payment& payment, const RequiresAction& action, Instant now) {
  const Instant end = action_end(payment, now);
  Json shown = action_json(action);
  shown["expires_at"] = unix_seconds(end);
  payment.next_action = std::move(shown);
}

}  // namespace

Json decline_error(const Declined& declined, const std::string& attempt_id) {
  Json json{{"type", "card_error"},
            {"code", "payment_declined"},
            {"decline_code", to_text(declined.reason)},
            {"message", payer_message(declined.reason)},
            {"retry", to_text(retry_hint(declined.reason))},
            {"retryable", retry_hint(declined.reason) != RetryHint::kNever},
            {"attempt", attempt_id}};
  if (!declined.provider_code.empty()) json["provider_code"] = declined.provider_code.substr(0, 100);
  if (!declined.message.empty()) json["provider_message"] = declined.message.substr(0, 500);
  return json;
}

Json failure_error(std::string_view type, std::string_view code, const std::string& message, const std::string& attempt_id) {
  Json json{{"type", type}, {"code", code}, {"message", message}};
  if (!attempt_id.empty()) json["attempt"] = attempt_id;
  return json;
}

namespace {
// No account took it. What the caller said wrongly (a token that the provider does not know) is told as
// that, and asking again with the same will not help.
Json refusal_error(const Error& why, const std::string& attempt_id) {
  const std::string message = "no provider could take this payment: " + why.message;
  const bool callers_fault = why.kind == Error::Kind::kInvalid && !why.param.empty();
  Json error = callers_fault
                   ? failure_error("invalid_request_error", why.code.empty() ? "parameter_invalid" : why.code, message,
                                   attempt_id)
                   : failure_error("plugin_error", "provider_unavailable", message, attempt_id);
  if (callers_fault) error["param"] = why.param;
  error["retryable"] = !callers_fault;
  return error;
}
}  // namespace

ApiAnswer Settlement::answer_of(const Payment& payment, const std::string& route) {
  if (payment.status == PaymentStatus::kRequiresPaymentMethod && !payment.last_error->is_null()) {
    const std::string type = text_at(payment.last_error, "type");
    const int status = type == "card_error" ? 402 : type == "invalid_request_error" ? 400 : 502;
    return refusal(status, payment.last_error, payment);
  }
  const bool created = route.starts_with("createPayment");
  return text_answer(created ? 201 : 200, payment_text(payment, kClientSecretMark));
}

// Marks the attempt and reads its payment. `ends`: the attempt's story is over.
Result<Settled> Settlement::load(Session& session, Attempt& attempt, AttemptState state, Instant now, bool ends,
                                 const Payment* known) {
  attempt.state = state;
  if (ends) attempt.ended = now;
  const bool changed = payments_.settle_attempt(session, attempt);
  std::optional<Payment> payment;
  if (known && changed)
    payment = *known;  // Its version tells whether it still is so, when it is written.
  else
    payment = payments_.find(session, attempt.merchant, attempt.payment_id);
  if (!payment) return Error{Error::Kind::kNotFound, "no such payment: " + attempt.payment_id};
  payment->updated = now;
  return Settled{std::move(*payment), {}, changed, TryOutcome::kPending};
}

Settled Settlement::finish(Session& session, Settled settled, const Attempt& attempt, ApiAnswer answer) {
  settled.answer = std::move(answer);
  // A replay finds the client secret by it.
  if (settled.answer.object_id.empty()) settled.answer.object_id = settled.payment.id;
  if (attempt.told.empty())
    finish_key(session, attempt.merchant, Idempotency{attempt.idem_route, attempt.idem_key, ""}, settled.answer);
  return settled;
}

void Settlement::end_waiting(Session& session, const Payment& payment, Instant now) {
  if (payment.active_attempt.empty()) return;
  auto waiting = payments_.find_attempt(session, payment.merchant, payment.active_attempt);
  if (!waiting) return;
  waiting->state = AttemptState::kFailed;
  waiting->message = "canceled while the payer's action was awaited";
  waiting->ended = now;
  payments_.settle_attempt(session, *waiting);
}

void Settlement::book_capture(Session& session, const Payment& payment, const Attempt& attempt, Money amount,
                              const std::optional<Money>& fee, Instant now) {
  const bool same_currency = fee && fee->currency() == amount.currency();
  const std::optional<Money> booked = same_currency ? fee : std::optional<Money>();
  post(session,
       LedgerTransaction{payment.merchant, "capture", payment.id, "", attempt.id,
                         capture_lines(attempt.account, amount, booked), now},
       random_);
}

Result<Settled> Settlement::authorized(Session& session, Attempt attempt, const Authorization& outcome, Instant now,
                                       const Payment* known) {
  const auto* const approved = std::get_if<Approved>(&outcome);
  const auto* const action = std::get_if<RequiresAction>(&outcome);
  const auto* const declined = std::get_if<Declined>(&outcome);
  const auto* const doubt = std::get_if<InDoubt>(&outcome);
  AttemptState state = AttemptState::kInDoubt;
  if (approved) {
    state = AttemptState::kApproved;
    attempt.reference = approved->reference;
    attempt.operation_reference = approved->capture_reference;
    // The answer is the payment as its event shows it, so it is written there alone.
    if (!attempt.idem_key.empty()) attempt.told = new_id("evt", now, random_);
  } else if (action) {
    state = AttemptState::kWaiting;
    attempt.reference = action->reference;
  } else if (declined) {
    state = AttemptState::kDeclined;
    attempt.decline_reason = to_text(declined->reason);
    attempt.provider_code = declined->provider_code.substr(0, 100);
    attempt.message = declined->message.substr(0, 500);
  } else {
    attempt.message = doubt->why.substr(0, 500);
    if (!doubt->reference.empty()) attempt.reference = doubt->reference;
  }
  FLORIN_TRY(loaded, load(session, attempt, state, now, approved || declined, doubt ? nullptr : known));
  Payment& payment = loaded.payment;
  if (known && loaded.changed && payment.active_attempt != attempt.id)
    return Error{Error::Kind::kConflict, "payment " + payment.id + " is not as its caller knew it", "payment_changed", ""};
  if (!loaded.changed || payment.active_attempt != attempt.id) {
    loaded.changed = false;
    loaded.answer = answer_of(payment, attempt.idem_route);
    return loaded;
  }
  const Payment before = payment;
  if (doubt) {
    // Nobody to answer yet, and nothing to tell, unless it was asked about quietly while it waited.
    const bool waited = payment.status == PaymentStatus::kRequiresAction;
    const Result<Done> moved = waited ? payments_.advance(session, before, payment, PaymentStatus::kProcessing) : Done();
    if (!moved) return moved.error();
    return loaded;
  }
  // A webhook may bring the end of what waited for the payer: it passes through processing like any other.
  if (payment.status == PaymentStatus::kRequiresAction) {
    if (action) {
      if (payment.busy == attempt.id) payment.busy.clear();
      wait_for(payment, *action, now);
      if (auto kept = payments_.keep(session, payment); !kept) return kept.error();
      return finish(session, std::move(loaded), attempt, answer_of(payment, attempt.idem_route));
    }
    payment.next_action = Json();
    if (auto moved = payments_.advance(session, before, payment, PaymentStatus::kProcessing); !moved) return moved.error();
  }
  const Payment processing = payment;
  payment.busy.clear();
  PaymentStatus to = PaymentStatus::kRequiresPaymentMethod;
  if (approved) {
    payment.account = attempt.account;
    payment.provider = attempt.provider;
    payment.reference = approved->reference;
    payment.capture_reference = approved->capture_reference;
    payment.last_error = Json();
    payment.next_action = Json();
    payment.active_attempt.clear();
    loaded.try_outcome = TryOutcome::kAccepted;
    to = approved->captured ? PaymentStatus::kSucceeded : PaymentStatus::kRequiresCapture;
    if (approved->captured)
      payment.captured = payment.amount;
    else
      payment.capture_before = now + kAuthorizationLife;
  } else if (action) {
    payment.account = attempt.account;
    payment.provider = attempt.provider;
    payment.reference = action->reference;
    wait_for(payment, *action, now);
    to = PaymentStatus::kRequiresAction;
  } else {
    payment.last_error = decline_error(*declined, attempt.id);
    payment.next_action = Json();
    payment.active_attempt.clear();
    loaded.try_outcome = TryOutcome::kDeclined;
  }
  Told told{attempt.told, ""};
  if (auto moved = payments_.advance(session, processing, payment, to, &told); !moved) return moved.error();
  if (approved && approved->captured) book_capture(session, payment, attempt, payment.amount, approved->fee, now);
  ApiAnswer answer = approved ? told_as(std::move(told.object), payment.id, attempt.idem_route)
                              : answer_of(payment, attempt.idem_route);
  return finish(session, std::move(loaded), attempt, std::move(answer));
}

Result<Settled> Settlement::authorize_failed(Session& session, Attempt attempt, const Error& why, const Attempt* next,
                                             Instant now) {
  attempt.message = why.message.substr(0, 500);
  FLORIN_TRY(loaded, load(session, attempt, AttemptState::kFailed, now, true));
  Payment& payment = loaded.payment;
  if (!loaded.changed || payment.active_attempt != attempt.id) {
    loaded.changed = false;
    loaded.answer = answer_of(payment, attempt.idem_route);
    return loaded;
  }
  const Payment before = payment;
  if (next) {
    if (!FLORIN_SEEDED_BUG(attempt_not_durable)) payments_.insert_attempt(session, *next);
    payment.active_attempt = next->id;
    payment.busy = next->id;
    if (auto kept = payments_.keep(session, payment); !kept) return kept.error();
    return loaded;
  }
  if (payment.status == PaymentStatus::kRequiresAction)
    if (auto moved = payments_.advance(session, before, payment, PaymentStatus::kProcessing); !moved) return moved.error();
  const Payment processing = payment;
  payment.busy.clear();
  payment.active_attempt.clear();
  payment.next_action = Json();
  payment.last_error = refusal_error(why, attempt.id);
  loaded.try_outcome = TryOutcome::kDropped;
  if (auto moved = payments_.advance(session, processing, payment, PaymentStatus::kRequiresPaymentMethod); !moved)
    return moved.error();
  return finish(session, std::move(loaded), attempt, answer_of(payment, attempt.idem_route));
}

Result<Settled> Settlement::still_waiting(Session& session, Attempt attempt, const Error& why, Instant now) {
  attempt.message = why.message.substr(0, 500);
  FLORIN_TRY(loaded, load(session, attempt, AttemptState::kWaiting, now, false));
  Payment& payment = loaded.payment;
  if (loaded.changed && payment.active_attempt == attempt.id && payment.busy == attempt.id) {
    const Payment before = payment;
    payment.busy.clear();
    const bool quietly = payment.status == PaymentStatus::kRequiresAction;
    const Result<Done> stored = quietly ? payments_.keep(session, payment)
                                        : payments_.advance(session, before, payment, PaymentStatus::kRequiresAction);
    if (!stored) return stored.error();
  }
  return finish(session, std::move(loaded), attempt, problem(why));
}

Result<Settled> Settlement::modified(Session& session, Attempt attempt, const Modification& outcome, Instant now) {
  const auto* const accepted = std::get_if<Accepted>(&outcome);
  const auto* const declined = std::get_if<Declined>(&outcome);
  AttemptState state = AttemptState::kInDoubt;
  if (accepted) {
    state = AttemptState::kApproved;
    attempt.operation_reference = accepted->reference;
  } else if (declined) {
    state = AttemptState::kDeclined;
    attempt.decline_reason = to_text(declined->reason);
    attempt.provider_code = declined->provider_code.substr(0, 100);
    attempt.message = declined->message.substr(0, 500);
  } else {
    attempt.message = std::get<InDoubt>(outcome).why.substr(0, 500);
  }
  FLORIN_TRY(loaded, load(session, attempt, state, now, accepted || declined));
  Payment& payment = loaded.payment;
  if (!loaded.changed || (!accepted && !declined)) {
    loaded.answer = text_answer(200, payment_text(payment, kClientSecretMark));
    return loaded;
  }
  const Payment before = payment;
  if (payment.busy == attempt.id) payment.busy.clear();
  if (attempt.kind == AttemptKind::kRefund) {
    FLORIN_CHECK(refunds_ != nullptr, "a refund attempt needs the refunds module");
    Result<RefundStep> step = refunds_->settle_refund(session, attempt, outcome, payment, now);
    return finish_refund(session, std::move(loaded), attempt, std::move(step));
  }
  if (declined) {
    if (auto kept = payments_.keep(session, payment); !kept) return kept.error();
    Json error = decline_error(*declined, attempt.id);
    error["code"] = std::string(to_text(attempt.kind)) + "_declined";
    return finish(session, std::move(loaded), attempt, refusal(402, error, payment));
  }
  PaymentStatus to = PaymentStatus::kCanceled;
  if (attempt.kind == AttemptKind::kCapture) {
    payment.captured = payment.captured + attempt.amount;
    if (payment.capture_reference.empty()) payment.capture_reference = accepted->reference;
    const bool all = payment.captured == payment.amount || attempt.final_capture;
    to = all ? PaymentStatus::kSucceeded : PaymentStatus::kPartiallyCaptured;
    if (all) payment.capture_before.reset();
  } else {
    end_waiting(session, payment, now);
    payment.next_action = Json();
    payment.active_attempt.clear();
    payment.capture_before.reset();
  }
  if (auto moved = payments_.advance(session, before, payment, to); !moved) return moved.error();
  if (attempt.kind == AttemptKind::kCapture) book_capture(session, payment, attempt, attempt.amount, accepted->fee, now);
  return finish(session, std::move(loaded), attempt, answer_of(payment, attempt.idem_route));
}

Result<Settled> Settlement::modify_failed(Session& session, Attempt attempt, const Error& why, Instant now) {
  attempt.message = why.message.substr(0, 500);
  FLORIN_TRY(loaded, load(session, attempt, AttemptState::kFailed, now, true));
  Payment& payment = loaded.payment;
  if (!loaded.changed) return loaded;
  if (payment.busy == attempt.id) payment.busy.clear();
  if (attempt.kind == AttemptKind::kRefund) {
    FLORIN_CHECK(refunds_ != nullptr, "a refund attempt needs the refunds module");
    Result<RefundStep> step = refunds_->fail_refund(session, attempt, why, payment, now);
    return finish_refund(session, std::move(loaded), attempt, std::move(step));
  }
  if (auto kept = payments_.keep(session, payment); !kept) return kept.error();
  return finish(session, std::move(loaded), attempt, problem(why));
}

// The caller of a refund in parts is answered when its last part has ended.
Result<Settled> Settlement::finish_refund(Session& session, Settled settled, const Attempt& attempt,
                                          Result<RefundStep> step) {
  if (!step) return step.error();
  if (auto kept = payments_.keep(session, settled.payment); !kept) return kept.error();
  if (!step->next) return finish(session, std::move(settled), attempt, std::move(step->answer));
  settled.next = std::move(step->next);
  settled.reason = std::move(step->reason);
  return settled;
}

}  // namespace florin
