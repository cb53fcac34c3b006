// Asking for a refund: the amount is reserved on the payment in the unit that makes the attempt durable,
// so that two refunds at once cannot give back more than was taken.
#include "kernel/modules/refunds/refund.hpp"

#include "kernel/platform/ids/ids.hpp"

namespace florin {

RefundService::RefundService(PaymentService& payments) : payments_(payments) { payments_.settlement().set_refunds(this); }

namespace {

// A provider refunds from one capture. Of a payment that was captured in parts this is the first part that
// still has that much; Error: how much one refund can be.
Result<std::string> capture_to_refund(PaymentRepository& payments, Session& session, const Payment& payment, Money asked) {
  struct Part {
    std::string reference;
    Money left;
  };
  std::vector<Part> parts;
  const std::vector<Attempt> attempts = payments.attempts_of(session, payment.merchant, payment.id);
  for (const Attempt& attempt : attempts)
    if (attempt.kind == AttemptKind::kCapture && attempt.state == AttemptState::kApproved)
      parts.push_back({attempt.operation_reference, attempt.amount});
  // Captured with its authorization: that is the one capture.
  if (parts.empty()) parts.push_back({payment.capture_reference, payment.captured});
  const auto given_back = [](const Attempt& attempt) {
    return attempt.kind == AttemptKind::kRefund &&
           (attempt.state == AttemptState::kApproved || attempt.state == AttemptState::kSending || attempt.state == AttemptState::kInDoubt);
  };
  for (const Attempt& attempt : attempts)
    for (Part& part : parts)
      if (given_back(attempt) && attempt.capture_reference == part.reference) part.left = part.left - attempt.amount;
  Money most = Money::zero(asked.currency());
  for (const Part& part : parts) {
    if (part.left >= asked) return part.reference;
    most = std::max(most, part.left);
  }
  return Error{Error::Kind::kInvalid,
               "this payment was captured in parts, and one refund gives back from one part: at most " +
                   std::to_string(most.minor()) + " minor units of " + std::string(most.currency().code()),
               "amount_too_large", "amount"};
}

}  // namespace

Task<ApiAnswer> RefundService::create(const ApiRequest& request, std::string payment_id) {
  const Error missing{Error::Kind::kNotFound, "no such payment: " + payment_id, "", "id"};
  const auto merchant = payments_.merchants().find(request.caller.merchant);
  if (!merchant) co_return problem(missing);
  Fields fields(request.body);
  const auto amount = fields.integer("amount", 1, INT64_MAX);
  const std::string reason = fields.one_of("reason", {"", "duplicate", "fraudulent", "requested_by_customer"});
  const Json metadata = fields.metadata("metadata");
  if (const auto wrong = fields.error()) co_return problem(*wrong);
  const Instant now = payments_.doors().clock.now();
  const Idempotency idempotency = request.idempotency;
  auto begin = [this, merchant, payment_id, amount, reason, metadata, idempotency, missing,
                now](Session& session) -> Result<PaymentService::Begun> {
    PaymentRepository& payments = payments_.repository();
    auto payment = payments.find(session, merchant->id, payment_id);
    if (!payment) return missing;
    const Money left = payment->captured - payment->refunded - payment->refund_pending;
    const bool refundable = payment->status == PaymentStatus::kSucceeded || payment->status == PaymentStatus::kPartiallyCaptured;
    if (!refundable)
      return Error{Error::Kind::kConflict,
                   "a payment that is " + std::string(to_text(payment->status)) + " cannot be refunded",
                   "payment_unexpected_state", "id"};
    const Money asked = amount ? Money(*amount, left.currency()) : left;
    if (asked > left || left.is_zero())
      return Error{Error::Kind::kInvalid,
                   "only " + std::to_string(left.minor()) + " minor units of " + std::string(left.currency().code()) +
                       " are left to refund",
                   "amount_too_large", "amount"};
    const auto account = merchant->accounts.find(payment->account);
    if (account == merchant->accounts.end())
      return Error{Error::Kind::kConflict, "its provider account " + payment->account + " is not configured any more",
                   "account_missing", ""};
    const Capabilities& can = account->second.descriptor->capabilities;
    if (!can.refunds || (asked < payment->captured && !can.partial_refunds))
      return Error{Error::Kind::kInvalid, "its provider cannot refund that", "refund_unsupported", "amount"};
    FLORIN_TRY(capture, capture_to_refund(payments, session, *payment, asked));
    Refund refund{"", merchant->id, payment->id, asked};
    refund.id = new_id("ref", now, payments_.doors().random);
    refund.reason = reason;
    refund.metadata = metadata;
    refund.created = refund.updated = now;
    Attempt attempt{new_id("att", now, payments_.doors().random), merchant->id, payment->id, AttemptKind::kRefund,
                    payments.count_attempts(session, merchant->id, payment->id) + 1, payment->account, payment->provider,
                    asked, AttemptState::kSending, payment->reference, "", refund.id, "", payment->captured};
    attempt.idem_route = idempotency.route;
    attempt.idem_key = idempotency.key;
    attempt.started = now;
    attempt.node = payments_.doors().nodes.me();
    attempt.capture_reference = capture;
    refund.attempt_id = attempt.id;
    insert(session, refund);
    payments.insert_attempt(session, attempt);
    payment->refund_pending = payment->refund_pending + asked;
    payment->updated = now;
    if (auto kept = payments.keep(session, *payment); !kept) return kept.error();
    return PaymentService::Begun{std::nullopt, std::move(*payment), std::move(attempt)};
  };
  Task<ApiAnswer> running = payments_.run_modification(merchant, idempotency, reason, begin);
  co_return co_await running;
}

}  // namespace florin
