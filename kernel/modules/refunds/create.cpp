// Asking for a refund: the amount is reserved on the payment, and split over the captures it comes from, in
// the unit that makes the first part's attempt durable, so that two refunds at once cannot give back more
// than was taken.
#include "kernel/modules/refunds/rules.hpp"
#include "kernel/modules/refunds/service.hpp"
#include "kernel/platform/ids/ids.hpp"
#include "kernel/platform/seeded_bugs/seeded_bugs.hpp"

namespace florin {

namespace {

Error no_such_payment(const std::string& id) {
  return Error{Error::Kind::kNotFound, "no such payment: " + id, "", "id"};
}

std::vector<CaptureLeft> captures_of(PaymentRepository& payments, Session& session, const Payment& payment) {
  std::vector<CaptureLeft> captures;
  for (const Attempt& attempt : payments.captures_of(session, payment.merchant, payment.id))
    captures.push_back({attempt.operation_reference, attempt.amount});
  // Captured with its authorization: that is the one capture.
  if (captures.empty()) captures.push_back({payment.capture_reference, payment.captured});
  return captures;
}

}  // namespace

struct RefundService::Asked {
  std::string payment_id;
  std::optional<std::int64_t> amount;
  std::string reason;
  Json metadata;
  Idempotency idempotency;
  Instant now;
};

RefundService::RefundService(PaymentService& payments) : payments_(payments), refunds_(payments.doors().random) {
  payments_.settlement().set_refunds(this);
}

Attempt RefundService::begin_part(Session& session, Refund& refund, RefundPart& part, const Payment& payment,
                                  const Idempotency& idempotency, Instant now) {
  PaymentRepository& payments = payments_.repository();
  Attempt attempt{new_id("att", now, payments_.doors().random), payment.merchant, payment.id, AttemptKind::kRefund,
                  payments.count_attempts(session, payment.merchant, payment.id) + 1, payment.account, payment.provider,
                  part.amount, AttemptState::kSending, payment.reference, "", refund.id, "", payment.captured};
  attempt.idem_route = idempotency.route;
  attempt.idem_key = idempotency.key;
  attempt.started = now;
  attempt.node = payments_.doors().nodes.me();
  attempt.capture_reference = part.capture_reference;
  part.state = PartState::kSending;
  part.attempt_id = attempt.id;
  ++part.tries;
  payments.insert_attempt(session, attempt);
  return attempt;
}

Result<PaymentService::Begun> RefundService::begin(Session& session, const Merchant& merchant, const Asked& asked) {
  PaymentRepository& payments = payments_.repository();
  auto payment = payments.find(session, merchant.id, asked.payment_id);
  if (!payment) return no_such_payment(asked.payment_id);
  const bool refundable =
      payment->status == PaymentStatus::kSucceeded || payment->status == PaymentStatus::kPartiallyCaptured;
  if (!refundable)
    return Error{Error::Kind::kConflict,
                 "a payment that is " + std::string(to_text(payment->status)) + " cannot be refunded",
                 "payment_unexpected_state", "id"};
  const Money left = payment->captured - payment->refunded - payment->refund_pending;
  const Money amount = asked.amount ? Money(*asked.amount, left.currency()) : left;
  if (amount > left || left.is_zero())
    return Error{Error::Kind::kInvalid,
                 "only " + std::to_string(left.minor()) + " minor units of " + std::string(left.currency().code()) +
                     " are left to refund",
                 "amount_too_large", "amount"};
  const auto account = merchant.accounts.find(payment->account);
  if (account == merchant.accounts.end())
    return no_account(merchant, payment->account);
  const Capabilities& can = account->second.descriptor->capabilities;
  if (!can.refunds || (amount < payment->captured && !can.partial_refunds))
    return Error{Error::Kind::kInvalid, "its provider cannot refund that", "refund_unsupported", "amount"};
  const std::vector<RefundPart> given_back = refunds_.parts_of_payment(session, merchant.id, payment->id);
  FLORIN_TRY(parts, split_refund(what_is_left(captures_of(payments, session, *payment), given_back), amount));

  Refund refund{new_id("ref", asked.now, payments_.doors().random), merchant.id, payment->id, amount};
  refund.reason = asked.reason;
  refund.metadata = asked.metadata;
  refund.created = refund.updated = asked.now;
  refund.parts = std::move(parts);
  Attempt attempt = begin_part(session, refund, refund.parts.front(), *payment, asked.idempotency, asked.now);
  refunds_.insert(session, refund);
  if (!FLORIN_SEEDED_BUG(refund_without_lock)) payment->refund_pending = payment->refund_pending + amount;
  payment->updated = asked.now;
  if (auto kept = payments.keep(session, *payment); !kept) return kept.error();
  return PaymentService::Begun{std::nullopt, std::move(*payment), std::move(attempt)};
}

Task<ApiAnswer> RefundService::create(const ApiRequest& request, std::string payment_id) {
  const auto merchant = payments_.merchants().find(request.caller.merchant);
  if (!merchant) co_return problem(no_such_payment(payment_id));
  Fields fields(request.body);
  Asked asked;
  asked.payment_id = payment_id;
  asked.amount = fields.integer("amount", 1, INT64_MAX);
  asked.reason = fields.one_of("reason", {"", "duplicate", "fraudulent", "requested_by_customer"});
  asked.metadata = fields.metadata("metadata");
  if (const auto wrong = fields.error()) co_return problem(*wrong);
  asked.idempotency = request.idempotency;
  asked.now = payments_.doors().clock.now();
  auto unit = [this, merchant, asked](Session& session) { return begin(session, *merchant, asked); };
  Task<ApiAnswer> running = payments_.run_modification(merchant, asked.idempotency, asked.reason, unit);
  co_return co_await running;
}

}  // namespace florin
