// What a provider says by webhook of a refund, or of one part of it, that it had taken before.
#include "kernel/modules/ledger/ledger.hpp"
#include "kernel/modules/refunds/service.hpp"

namespace florin {

Task<Result<Done>> RefundService::late_word(std::string merchant, std::string reference, bool failed,
                                            std::optional<Money> amount) {
  const Instant now = payments_.doors().clock.now();
  auto unit = [this, merchant, reference, failed, amount, now](Session& session) -> Result<Done> {
    const auto before = refunds_.find_by_reference(session, merchant, reference);
    if (!before) return Error{Error::Kind::kNotFound, "no refund of ours is called " + reference};
    Refund refund = *before;
    RefundPart* part = nullptr;
    for (RefundPart& each : refund.parts)
      if (each.reference == reference) part = &each;
    FLORIN_CHECK(part != nullptr, "it was found by that part");
    // Another amount is another refund's news, or a lie: nothing moves.
    if (amount && *amount != part->amount)
      return Error{Error::Kind::kConflict, "refund " + refund.id + " took " + part->amount.text() +
                                               " from that capture, the webhook says " + amount->text()};
    if (!failed) {
      if (part->state != PartState::kPending) return Done();
      part->state = PartState::kSucceeded;
      return refunds_.advance(session, *before, refund, now);
    }
    if (!part->booked()) return Done();
    auto payment = payments_.repository().find(session, merchant, refund.payment_id);
    FLORIN_CHECK(payment.has_value(), "a refund has its payment");
    part->state = PartState::kFailed;
    refund.error = failure_error("card_error", "refund_failed", "the provider could not bring the money to the payer",
                                 part->attempt_id);
    if (auto moved = refunds_.advance(session, *before, refund, now); !moved) return moved.error();
    payment->refunded = payment->refunded - part->amount;
    payment->updated = now;
    post(session,
         LedgerTransaction{merchant, "refund_failed", refund.payment_id, refund.id, part->attempt_id,
                           {{"receivable:" + payment->account, part->amount}, {"refunds", -part->amount}}, now},
         payments_.doors().random);
    return payments_.repository().keep(session, *payment);
  };
  Task<Result<Done>> writing = payments_.doors().store.write(unit);
  co_return co_await writing;
}

}  // namespace florin
