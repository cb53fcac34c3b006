// Capture and cancel: what may be asked of a payment as it stands, made durable, then carried. Refunds use
// run_modification() too.
#include <spdlog/spdlog.h>

#include "kernel/modules/idempotency/idempotency.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/modules/payments/service.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

namespace {

Error no_such_payment(const std::string& id) {
  return Error{Error::Kind::kNotFound, "no such payment: " + id, "", "id"};
}

Error unexpected_state(const Payment& payment, std::string_view wanted) {
  return Error{Error::Kind::kConflict,
               "a payment that is " + std::string(to_text(payment.status)) + " cannot be " + std::string(wanted),
               "payment_unexpected_state", "id"};
}

Error busy() {
  return Error{Error::Kind::kConflict, "another operation on this payment is under way", "payment_busy", "id"};
}

}  // namespace

Task<ApiAnswer> PaymentService::run_modification(std::shared_ptr<const Merchant> merchant, Idempotency idempotency,
                                                 std::string reason, std::function<Result<Begun>(Session&)> begin) {
  struct Claimed {
    KeyClaim claim;
    Begun begun;
  };
  const Instant now = doors_.clock.now();
  auto unit = [merchant, idempotency, begin, now](Session& session) -> Result<Claimed> {
    Claimed claimed{claim_key(session, merchant->id, idempotency, "", now), {}};
    if (claimed.claim.what == KeyClaim::What::kReplay) return claimed;
    if (claimed.claim.what != KeyClaim::What::kFresh) return key_error(claimed.claim.what);
    FLORIN_TRY(begun, begin(session));
    claimed.begun = begun;
    if (begun.answer) finish_key(session, merchant->id, idempotency, *begun.answer);
    return claimed;
  };
  Task<Result<Claimed>> writing = doors_.store.write(unit);
  Result<Claimed> claimed = co_await writing;
  if (!claimed) co_return problem(claimed.error());
  if (claimed->claim.what == KeyClaim::What::kReplay)
    co_return reveal(claimed->claim.answer, claimed->claim.object_id);
  if (claimed->begun.answer) co_return reveal(*claimed->begun.answer, claimed->begun.answer->object_id);

  auto trip = board(merchant, std::move(*claimed->begun.payment),
                                     std::move(*claimed->begun.attempt));
  trip->reason = reason;
  doors_.executor.begin("modification", drive_modification(trip));
  Task<ApiAnswer> waiting = await_trip(trip);
  co_return co_await waiting;
}

Task<ApiAnswer> PaymentService::capture(const ApiRequest& request, std::string payment_id) {
  const auto merchant = merchants_.find(request.caller.merchant);
  if (!merchant) co_return problem(no_such_payment(payment_id));
  Fields fields(request.body);
  const auto amount = fields.integer("amount", 1, INT64_MAX);
  const auto is_final = fields.boolean("final");
  if (const auto wrong = fields.error()) co_return problem(*wrong);
  const Instant now = doors_.clock.now();
  const Idempotency idempotency = request.idempotency;
  auto begin = [this, merchant, payment_id, amount, is_final, idempotency, now](Session& session) -> Result<Begun> {
    auto payment = payments_.find(session, merchant->id, payment_id);
    if (!payment) return no_such_payment(payment_id);
    if (payment->status != PaymentStatus::kRequiresCapture && payment->status != PaymentStatus::kPartiallyCaptured)
      return unexpected_state(*payment, "captured");
    if (!payment->busy.empty()) return busy();
    const auto account = merchant->accounts.find(payment->account);
    if (account == merchant->accounts.end()) return no_account(*merchant, payment->account);
    const Capabilities& can = account->second.descriptor->capabilities;
    const Money left = payment->amount - payment->captured;
    const Money asked = amount ? Money(*amount, left.currency()) : left;
    if (asked > left)
      return Error{Error::Kind::kInvalid,
                   "only " + std::to_string(left.minor()) + " minor units of " + std::string(left.currency().code()) +
                       " are left to capture",
                   "amount_too_large", "amount"};
    if (asked < left && !can.partial_capture)
      return Error{Error::Kind::kInvalid, "this provider captures the whole amount or nothing", "partial_capture_unsupported",
                   "amount"};
    Attempt attempt{new_id("att", now, doors_.random), merchant->id, payment->id, AttemptKind::kCapture,
                    payments_.count_attempts(session, merchant->id, payment->id) + 1, payment->account, payment->provider,
                    asked, AttemptState::kSending, payment->reference, "", "", "", payment->captured};
    // Where more captures can follow, a part leaves the rest open; elsewhere it gives the rest back.
    attempt.final_capture = asked == left || is_final.value_or(!can.multiple_captures);
    if (!attempt.final_capture && !can.multiple_captures)
      return Error{Error::Kind::kInvalid, "this provider captures once: what is left cannot be kept open",
                   "multiple_captures_unsupported", "final"};
    attempt.idem_route = idempotency.route;
    attempt.idem_key = idempotency.key;
    attempt.started = now;
    attempt.node = doors_.nodes.me();
    payments_.insert_attempt(session, attempt);
    payment->busy = attempt.id;
    payment->updated = now;
    if (auto kept = payments_.keep(session, *payment); !kept) return kept.error();
    return Begun{std::nullopt, std::move(*payment), std::move(attempt)};
  };
  Task<ApiAnswer> running = run_modification(merchant, idempotency, "", begin);
  co_return co_await running;
}

namespace {
// Cancels what no provider holds.
Result<ApiAnswer> cancel_here(PaymentRepository& payments, Session& session, Payment payment) {
  const Payment before = payment;
  payment.instrument.clear();
  if (auto moved = payments.advance(session, before, payment, PaymentStatus::kCanceled); !moved) return moved.error();
  ApiAnswer answer = text_answer(200, payment_text(payment, kClientSecretMark));
  answer.object_id = payment.id;
  return answer;
}
}  // namespace

Result<PaymentService::Begun> PaymentService::begin_cancel(Session& session, const Merchant& merchant,
                                                           const std::string& payment_id, const std::string& reason,
                                                           const Idempotency& idempotency, Instant now) {
  auto payment = payments_.find(session, merchant.id, payment_id);
  if (!payment) return no_such_payment(payment_id);
  if (!payment->busy.empty()) return busy();
  payment->updated = now;
  if (!reason.empty())
    payment->details.edit([&reason](Json& details) { details["cancellation_reason"] = reason; });
  switch (payment->status) {
    case PaymentStatus::kRequiresPaymentMethod:
    case PaymentStatus::kRequiresConfirmation: {
      FLORIN_TRY(answer, cancel_here(payments_, session, std::move(*payment)));
      return Begun{answer, std::nullopt, std::nullopt};
    }
    case PaymentStatus::kRequiresAction:
    case PaymentStatus::kRequiresCapture: break;
    default: return unexpected_state(*payment, "canceled");
  }
  const auto account = merchant.accounts.find(payment->account);
  if (account == merchant.accounts.end()) return no_account(merchant, payment->account);
  if (!account->second.descriptor->capabilities.voids)
    return Error{Error::Kind::kConflict, "its provider account " + payment->account + " cannot give an authorization back",
                 "void_unsupported", ""};
  Attempt attempt{new_id("att", now, doors_.random), merchant.id, payment->id, AttemptKind::kVoid,
                  payments_.count_attempts(session, merchant.id, payment->id) + 1, payment->account, payment->provider,
                  payment->amount, AttemptState::kSending, payment->reference, "", "", "", payment->captured};
  attempt.idem_route = idempotency.route;
  attempt.idem_key = idempotency.key;
  attempt.started = now;
  attempt.node = doors_.nodes.me();
  payments_.insert_attempt(session, attempt);
  payment->busy = attempt.id;
  if (auto kept = payments_.keep(session, *payment); !kept) return kept.error();
  return Begun{std::nullopt, std::move(*payment), std::move(attempt)};
}

Task<ApiAnswer> PaymentService::cancel(const ApiRequest& request, std::string payment_id) {
  const auto merchant = merchants_.find(request.caller.merchant);
  if (!merchant) co_return problem(no_such_payment(payment_id));
  Fields fields(request.body);
  const std::string reason = fields.text("reason", 200);
  if (const auto wrong = fields.error()) co_return problem(*wrong);
  const Instant now = doors_.clock.now();
  const Idempotency idempotency = request.idempotency;
  auto begin = [this, merchant, payment_id, reason, idempotency, now](Session& session) {
    return begin_cancel(session, *merchant, payment_id, reason, idempotency, now);
  };
  Task<ApiAnswer> running = run_modification(merchant, idempotency, "", begin);
  co_return co_await running;
}

Task<Result<Done>> PaymentService::expire_authorization(std::string merchant_id, std::string payment_id) {
  const Instant now = doors_.clock.now();
  const auto due = [now](const Payment& payment) {
    return payment.status == PaymentStatus::kRequiresCapture && payment.capture_before && *payment.capture_before <= now;
  };
  Task<Result<Done>> canceling = cancel_in_time(std::move(merchant_id), std::move(payment_id), "authorization_expired", due);
  co_return co_await canceling;
}

Task<Result<Done>> PaymentService::cancel_in_time(std::string merchant_id, std::string payment_id, std::string reason,
                                                  std::function<bool(const Payment&)> is_due) {
  const auto merchant = merchants_.find(merchant_id);
  if (!merchant) co_return Error{Error::Kind::kNotFound, "no such merchant: " + merchant_id};
  const Instant now = doors_.clock.now();
  auto begin = [this, merchant, payment_id, reason, is_due, now](Session& session) -> Result<Begun> {
    const auto payment = payments_.find(session, merchant->id, payment_id);
    const bool due = payment && is_due(*payment);
    if (!due) return Begun{json_answer(200, Json::object()), std::nullopt, std::nullopt};
    return begin_cancel(session, *merchant, payment_id, reason, Idempotency(), now);
  };
  Task<ApiAnswer> running = run_modification(merchant, Idempotency(), "", begin);
  const ApiAnswer answer = co_await running;
  if (answer.status >= 500 || answer.status == 409)
    co_return Error{Error::Kind::kUnavailable, "payment " + payment_id + " could not be canceled yet (" + reason + ")"};
  co_return Done();
}

}  // namespace florin
