// The refunds table, the only file that spells its columns, and what an outcome does to refund, payment
// sums and books.
#include "kernel/modules/refunds/refund.hpp"

#include <array>

#include "kernel/modules/events/event.hpp"
#include "kernel/modules/ledger/ledger.hpp"

namespace florin {

namespace {
constexpr std::array<std::string_view, 3> kStatusNames = {"pending", "succeeded", "failed"};

using RefundRow = std::tuple<std::string, std::string, std::int64_t, std::string, std::string, std::string, std::string,
                             std::string, std::string, std::string, std::int64_t, std::int64_t>;

Refund from_row(const std::string& merchant, const RefundRow& row) {
  const auto& [id, payment_id, amount, currency, status, reason, metadata, attempt_id, reference, error, created, updated] = row;
  Refund refund{id, merchant, payment_id, Money(amount, Currency::of(currency))};
  for (std::size_t i = 0; i < kStatusNames.size(); ++i)
    if (kStatusNames[i] == status) refund.status = static_cast<RefundStatus>(i);
  refund.reason = reason;
  refund.metadata = Json::parse(metadata);
  refund.attempt_id = attempt_id;
  refund.reference = reference;
  refund.error = Json::parse(error);
  refund.created = from_micros(created);
  refund.updated = from_micros(updated);
  return refund;
}
}  // namespace

std::string_view to_text(RefundStatus status) { return kStatusNames[static_cast<std::size_t>(status)]; }

Json render_refund(const Refund& refund) {
  return Json{{"id", refund.id},
              {"object", "refund"},
              {"payment", refund.payment_id},
              {"amount", refund.amount.minor()},
              {"currency", refund.amount.currency().code()},
              {"status", to_text(refund.status)},
              {"reason", refund.reason.empty() ? Json() : Json(refund.reason)},
              {"metadata", refund.metadata},
              {"attempt", refund.attempt_id},
              {"error", refund.error},
              {"created", unix_seconds(refund.created)}};
}

void RefundService::insert(Session& session, const Refund& refund) {
  session.execute(
      "insert into refunds (id, merchant, payment_id, amount, currency, status, reason, metadata, attempt_id, reference, "
      "error, created, updated) values (:id, :merchant, :payment, :amount, :currency, :status, :reason, :metadata, "
      ":attempt, :reference, :error, :created, :updated)",
      refund.id, refund.merchant, refund.payment_id, refund.amount.minor(), refund.amount.currency().code(),
      to_text(refund.status), refund.reason, to_text(refund.metadata), refund.attempt_id, refund.reference,
      to_text(refund.error), micros(refund.created), micros(refund.updated));
  append_event(session,
               Event{refund.merchant, "refund.created", refund.id, refund.payment_id, to_text(render_refund(refund)),
                     Json::object(), refund.created},
               payments_.doors().random);
}

std::optional<Refund> RefundService::find(Session& session, const std::string& merchant, const std::string& id) {
  const auto row = session.one<RefundRow>(
      "select id, payment_id, amount, currency, status, reason, metadata, attempt_id, reference, error, created, updated "
      "from refunds where id = :id and merchant = :merchant",
      id, merchant);
  if (!row) return std::nullopt;
  return from_row(merchant, *row);
}

std::optional<Refund> RefundService::find_by_reference(Session& session, const std::string& merchant,
                                                       const std::string& reference) {
  const auto row = session.one<RefundRow>(
      "select id, payment_id, amount, currency, status, reason, metadata, attempt_id, reference, error, created, updated "
      "from refunds where merchant = :merchant and reference = :reference and reference <> '' limit 1",
      merchant, reference);
  if (!row) return std::nullopt;
  return from_row(merchant, *row);
}

std::vector<Refund> RefundService::of_payment(Session& session, const std::string& merchant,
                                              const std::string& payment_id) {
  std::vector<Refund> refunds;
  for (const RefundRow& row : session.all<RefundRow>(
           "select id, payment_id, amount, currency, status, reason, metadata, attempt_id, reference, error, created, "
           "updated from refunds where payment_id = :payment and merchant = :merchant order by id limit 200",
           payment_id, merchant))
    refunds.push_back(from_row(merchant, row));
  return refunds;
}

void RefundService::advance(Session& session, Refund& refund, RefundStatus to, std::string_view event, Instant now) {
  const std::string_view was = to_text(refund.status);
  refund.status = to;
  refund.updated = now;
  const std::int64_t changed = session.execute(
      "update refunds set status = :status, reference = :reference, error = :error, updated = :updated "
      "where id = :id and merchant = :merchant and status = :was",
      to_text(to), refund.reference, to_text(refund.error), micros(now), refund.id, refund.merchant, was);
  FLORIN_CHECK(changed == 1, "the single writer has just read this refund");
  append_event(session,
               Event{refund.merchant, std::string(event), refund.id, refund.payment_id, to_text(render_refund(refund)),
                     Json{{"status", was}}, now},
               payments_.doors().random);
}

ApiAnswer RefundService::settle_refund(Session& session, const Attempt& attempt, const Modification& outcome,
                                       Payment& payment, Instant now) {
  auto refund = find(session, attempt.merchant, attempt.refund_id);
  FLORIN_CHECK(refund.has_value(), "a refund and its attempt are made in one unit");
  ApiAnswer answer;
  payment.refund_pending = payment.refund_pending - refund->amount;
  if (const auto* declined = std::get_if<Declined>(&outcome)) {
    refund->error = decline_error(*declined, attempt.id);
    advance(session, *refund, RefundStatus::kFailed, "refund.failed", now);
    Json error = refund->error;
    error["code"] = "refund_declined";
    error["refund"] = render_refund(*refund);
    answer = json_answer(402, Json{{"error", std::move(error)}});
  } else {
    const auto& accepted = std::get<Accepted>(outcome);
    refund->reference = accepted.reference;
    payment.refunded = payment.refunded + refund->amount;
    const bool same = accepted.fee && accepted.fee->currency() == refund->amount.currency();
    const std::optional<Money> fee = same ? accepted.fee : std::optional<Money>();
    post(session,
         LedgerTransaction{refund->merchant, "refund", refund->payment_id, refund->id, attempt.id,
                           refund_lines(attempt.account, refund->amount, fee), now},
         payments_.doors().random);
    if (accepted.pending)
      advance(session, *refund, RefundStatus::kPending, "refund.pending", now);
    else
      advance(session, *refund, RefundStatus::kSucceeded, "refund.succeeded", now);
    answer = json_answer(201, render_refund(*refund));
  }
  answer.object_id = refund->id;
  return answer;
}

ApiAnswer RefundService::fail_refund(Session& session, const Attempt& attempt, const Error& why, Payment& payment,
                                     Instant now) {
  auto refund = find(session, attempt.merchant, attempt.refund_id);
  FLORIN_CHECK(refund.has_value(), "a refund and its attempt are made in one unit");
  payment.refund_pending = payment.refund_pending - refund->amount;
  refund->error = failure_error("plugin_error", "provider_unavailable", why.message, attempt.id);
  advance(session, *refund, RefundStatus::kFailed, "refund.failed", now);
  Json error = refund->error;
  error["retryable"] = true;
  error["refund"] = render_refund(*refund);
  ApiAnswer answer = json_answer(502, Json{{"error", std::move(error)}});
  answer.object_id = refund->id;
  return answer;
}

Task<Result<Done>> RefundService::late_word(std::string merchant, std::string reference, bool failed,
                                            std::optional<Money> amount) {
  const Instant now = payments_.doors().clock.now();
  auto unit = [this, merchant, reference, failed, amount, now](Session& session) -> Result<Done> {
    auto refund = find_by_reference(session, merchant, reference);
    if (!refund) return Error{Error::Kind::kNotFound, "no refund of ours is called " + reference};
    // Another amount is another refund's news, or a lie: nothing moves.
    if (amount && *amount != refund->amount)
      return Error{Error::Kind::kConflict, "refund " + refund->id + " is over " + refund->amount.text() + ", the webhook says " + amount->text()};
    if (!failed) {
      if (refund->status == RefundStatus::kPending) advance(session, *refund, RefundStatus::kSucceeded, "refund.succeeded", now);
      return Done();
    }
    if (refund->status == RefundStatus::kFailed) return Done();
    auto payment = payments_.repository().find(session, merchant, refund->payment_id);
    FLORIN_CHECK(payment.has_value(), "a refund has its payment");
    refund->error = failure_error("card_error", "refund_failed", "the provider could not bring the money to the payer", refund->attempt_id);
    advance(session, *refund, RefundStatus::kFailed, "refund.failed", now);
    payment->refunded = payment->refunded - refund->amount;
    payment->updated = now;
    post(session,
         LedgerTransaction{merchant, "refund_failed", refund->payment_id, refund->id, refund->attempt_id,
                           {{"receivable:" + payment->account, refund->amount}, {"refunds", -refund->amount}}, now},
         payments_.doors().random);
    return payments_.repository().keep(session, *payment);
  };
  Task<Result<Done>> writing = payments_.doors().store.write(unit);
  co_return co_await writing;
}

}  // namespace florin
