// What an outcome does to a refund, its payment's sums and the books, part by part: what a provider has
// taken is booked at once and stays booked, whatever becomes of the parts after it.
#include "kernel/modules/ledger/ledger.hpp"
#include "kernel/modules/refunds/rules.hpp"
#include "kernel/modules/refunds/service.hpp"

namespace florin {

namespace {

RefundPart& part_of(Refund& refund, const std::string& attempt_id) {
  for (RefundPart& part : refund.parts)
    if (part.attempt_id == attempt_id) return part;
  FLORIN_CHECK(false, "a part and its attempt are stored in one unit");
  return refund.parts.front();
}

RefundPart* next_planned(Refund& refund) {
  for (RefundPart& part : refund.parts)
    if (part.state == PartState::kPlanned) return &part;
  return nullptr;
}

// The part failed: those after it are not begun, and what all of them had reserved is free again.
void stop_at(Refund& refund, RefundPart& failed, Payment& payment) {
  failed.state = PartState::kFailed;
  payment.refund_pending = payment.refund_pending - failed.amount;
  for (RefundPart& part : refund.parts) {
    if (part.state != PartState::kPlanned) continue;
    part.state = PartState::kDropped;
    payment.refund_pending = payment.refund_pending - part.amount;
  }
}

Idempotency key_of(const Attempt& attempt) { return Idempotency{attempt.idem_route, attempt.idem_key, ""}; }

}  // namespace

Json RefundService::show_refund(Session& session, const std::string& merchant, const std::string& id) {
  const auto refund = refunds_.find(session, merchant, id);
  FLORIN_CHECK(refund.has_value(), "a refund and its attempt are made in one unit");
  return render_refund(*refund);
}

Result<RefundStep> RefundService::step(Session& session, const Refund& before, Refund refund,
                                       std::optional<Attempt> next, Instant now) {
  if (auto moved = refunds_.advance(session, before, refund, now); !moved) return moved.error();
  RefundStep step{std::move(next), refund.reason, {}};
  if (step.next) return step;
  // Some of the money went back: that is no error, whatever the rest did. The object says how much.
  if (!refund.booked().is_zero()) {
    step.answer = json_answer(201, render_refund(refund));
  } else {
    Json error = refund.error;
    const bool declined = text_at(error, "type") == "card_error";
    if (declined)
      error["code"] = "refund_declined";
    else
      error["retryable"] = true;
    error["refund"] = render_refund(refund);
    step.answer = json_answer(declined ? 402 : 502, Json{{"error", std::move(error)}});
  }
  step.answer.object_id = refund.id;
  return step;
}

Result<RefundStep> RefundService::settle_refund(Session& session, const Attempt& attempt, const Modification& outcome,
                                                Payment& payment, Instant now) {
  const auto before = refunds_.find(session, attempt.merchant, attempt.refund_id);
  FLORIN_CHECK(before.has_value(), "a refund and its attempt are made in one unit");
  Refund refund = *before;
  RefundPart& part = part_of(refund, attempt.id);
  if (const auto* declined = std::get_if<Declined>(&outcome)) {
    stop_at(refund, part, payment);
    refund.error = decline_error(*declined, attempt.id);
    return step(session, *before, std::move(refund), std::nullopt, now);
  }
  const auto& accepted = std::get<Accepted>(outcome);
  part.reference = accepted.reference;
  part.state = accepted.pending ? PartState::kPending : PartState::kSucceeded;
  payment.refund_pending = payment.refund_pending - part.amount;
  payment.refunded = payment.refunded + part.amount;
  const bool same = accepted.fee && accepted.fee->currency() == part.amount.currency();
  const std::optional<Money> fee = same ? accepted.fee : std::optional<Money>();
  post(session,
       LedgerTransaction{refund.merchant, "refund", refund.payment_id, refund.id, attempt.id,
                         refund_lines(attempt.account, part.amount, fee), now},
       payments_.doors().random);
  std::optional<Attempt> next;
  if (RefundPart* const planned = next_planned(refund))
    next = begin_part(session, refund, *planned, payment, key_of(attempt), now);
  return step(session, *before, std::move(refund), std::move(next), now);
}

Result<RefundStep> RefundService::fail_refund(Session& session, const Attempt& attempt, const Error& why,
                                              Payment& payment, Instant now) {
  const auto before = refunds_.find(session, attempt.merchant, attempt.refund_id);
  FLORIN_CHECK(before.has_value(), "a refund and its attempt are made in one unit");
  Refund refund = *before;
  RefundPart& part = part_of(refund, attempt.id);
  std::optional<Attempt> next;
  if (tried_anew(refund, part, why)) {
    next = begin_part(session, refund, part, payment, key_of(attempt), now);
  } else {
    stop_at(refund, part, payment);
    refund.error = failure_error("plugin_error", "provider_unavailable", why.message, attempt.id);
  }
  return step(session, *before, std::move(refund), std::move(next), now);
}

}  // namespace florin
