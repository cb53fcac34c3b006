// The refunds and refund_parts tables, and the only file that spells their columns.
#include "kernel/modules/refunds/repository.hpp"

#include <map>

#include "kernel/modules/events/event.hpp"
#include "kernel/modules/refunds/rules.hpp"
#include "kernel/platform/clock/clock.hpp"

namespace florin {

namespace {

using RefundRow = std::tuple<std::string, std::string, std::int64_t, std::string, std::string, std::string, std::string,
                             std::string, std::int64_t, std::int64_t, std::int64_t>;
using PartRow = std::tuple<std::string, std::int64_t, std::int64_t, std::string, std::string, std::string, std::string,
                           std::int64_t, std::string>;
#define FLORIN_REFUND_COLUMNS \
  "id, payment_id, amount, currency, status, reason, metadata, error, created, updated, version"
#define FLORIN_PART_COLUMNS \
  "refund_id, number, amount, currency, capture_reference, state, attempt_id, tries, reference"

template <class Word>
Word word_from(std::string_view text, std::initializer_list<Word> all) {
  for (const Word word : all)
    if (to_text(word) == text) return word;
  FLORIN_CHECK(false, "the refund tables hold only words that we wrote");
  return *all.begin();
}

Refund from_row(const std::string& merchant, const RefundRow& row) {
  const auto& [id, payment_id, amount, currency, status, reason, metadata, error, created, updated, version] = row;
  Refund refund{id, merchant, payment_id, Money(amount, Currency::of(currency))};
  using enum RefundStatus;
  refund.status = word_from(status, {kPending, kSucceeded, kPartiallySucceeded, kFailed});
  refund.reason = reason;
  refund.metadata = Json::parse(metadata);
  refund.error = Json::parse(error);
  refund.created = from_micros(created);
  refund.updated = from_micros(updated);
  refund.version = version;
  return refund;
}

RefundPart from_row(const PartRow& row) {
  const auto& [refund_id, number, amount, currency, capture, state, attempt_id, tries, reference] = row;
  RefundPart part{static_cast<int>(number), Money(amount, Currency::of(currency)), capture};
  using enum PartState;
  part.state = word_from(state, {kPlanned, kSending, kPending, kSucceeded, kFailed, kDropped});
  part.attempt_id = attempt_id;
  part.tries = static_cast<int>(tries);
  part.reference = reference;
  return part;
}

// How the change is called: by the status that it ends in, or "updated" while more is to come.
std::string event_of(const Refund& before, const Refund& after) {
  if (after.status != before.status) return "refund." + std::string(to_text(after.status));
  for (const RefundPart& part : after.parts)
    if (part.state == PartState::kPlanned || part.state == PartState::kSending) return "refund.updated";
  return after.status == RefundStatus::kPending ? "refund.pending" : "refund.updated";
}

Json changes(const Refund& before, const Refund& after) {
  Json previous{{"status", to_text(before.status)}};
  if (before.booked() != after.booked()) previous["amount_refunded"] = before.booked().minor();
  return previous;
}

}  // namespace

void RefundRepository::insert(Session& session, const Refund& refund) {
  session.execute(
      "insert into refunds (" FLORIN_REFUND_COLUMNS
      ", merchant) values (:id, :payment, :amount, :currency, :status, :reason, :metadata, :error, :created, :updated, "
      ":version, :merchant)",
      refund.id, refund.payment_id, refund.amount.minor(), refund.amount.currency().code(), to_text(refund.status),
      refund.reason, to_text(refund.metadata), to_text(refund.error), micros(refund.created), micros(refund.updated),
      refund.version, refund.merchant);
  for (const RefundPart& part : refund.parts)
    session.execute(
        "insert into refund_parts (" FLORIN_PART_COLUMNS
        ", merchant, payment_id) values (:refund, :number, :amount, :currency, :capture, :state, :attempt, :tries, "
        ":reference, :merchant, :payment)",
        refund.id, part.number, part.amount.minor(), part.amount.currency().code(), part.capture_reference,
        to_text(part.state), part.attempt_id, part.tries, part.reference, refund.merchant, refund.payment_id);
  append_event(session,
               Event{refund.merchant, "refund.created", refund.id, refund.payment_id, to_text(render_refund(refund)),
                     Json::object(), refund.created},
               random_);
}

std::optional<Refund> RefundRepository::find(Session& session, const std::string& merchant, const std::string& id) {
  const auto row = session.one<RefundRow>(
      "select " FLORIN_REFUND_COLUMNS " from refunds where id = :id and merchant = :merchant", id, merchant);
  if (!row) return std::nullopt;
  Refund refund = from_row(merchant, *row);
  for (const PartRow& part : session.all<PartRow>(
           "select " FLORIN_PART_COLUMNS
           " from refund_parts where refund_id = :id and merchant = :merchant order by number",
           id, merchant))
    refund.parts.push_back(from_row(part));
  return refund;
}

std::optional<Refund> RefundRepository::find_by_reference(Session& session, const std::string& merchant,
                                                          const std::string& reference) {
  const auto row = session.one<std::tuple<std::string>>(
      "select refund_id from refund_parts where merchant = :merchant and reference = :reference and reference <> '' "
      "limit 1",
      merchant, reference);
  if (!row) return std::nullopt;
  return find(session, merchant, std::get<0>(*row));
}

std::vector<Refund> RefundRepository::of_payment(Session& session, const std::string& merchant,
                                                 const std::string& payment_id) {
  std::map<std::string, std::vector<RefundPart>> parts;
  for (const PartRow& row : session.all<PartRow>(
           "select " FLORIN_PART_COLUMNS
           " from refund_parts where payment_id = :payment and merchant = :merchant order by refund_id, number",
           payment_id, merchant))
    parts[std::get<0>(row)].push_back(from_row(row));
  std::vector<Refund> refunds;
  for (const RefundRow& row : session.all<RefundRow>(
           "select " FLORIN_REFUND_COLUMNS
           " from refunds where payment_id = :payment and merchant = :merchant order by id limit 200",
           payment_id, merchant)) {
    refunds.push_back(from_row(merchant, row));
    refunds.back().parts = parts[refunds.back().id];
  }
  return refunds;
}

std::vector<RefundPart> RefundRepository::parts_of_payment(Session& session, const std::string& merchant,
                                                           const std::string& payment_id) {
  std::vector<RefundPart> parts;
  for (const PartRow& row : session.all<PartRow>(
           "select " FLORIN_PART_COLUMNS " from refund_parts where payment_id = :payment and merchant = :merchant",
           payment_id, merchant))
    parts.push_back(from_row(row));
  return parts;
}

Result<Done> RefundRepository::advance(Session& session, const Refund& before, Refund& refund, Instant now) {
  refund.status = status_of(refund.parts);
  refund.updated = now;
  refund.version = before.version + 1;
  const std::int64_t changed = session.execute(
      "update refunds set status = :status, error = :error, updated = :updated, version = :next "
      "where id = :id and merchant = :merchant and version = :version",
      to_text(refund.status), to_text(refund.error), micros(now), refund.version, refund.id, refund.merchant,
      before.version);
  if (changed != 1)
    return Error{Error::Kind::kConflict, "refund " + refund.id + " was changed by another request", "refund_changed", ""};
  for (const RefundPart& part : refund.parts)
    session.execute(
        "update refund_parts set state = :state, attempt_id = :attempt, tries = :tries, reference = :reference "
        "where refund_id = :refund and number = :number and merchant = :merchant",
        to_text(part.state), part.attempt_id, part.tries, part.reference, refund.id, part.number, refund.merchant);
  append_event(session,
               Event{refund.merchant, event_of(before, refund), refund.id, refund.payment_id, to_text(render_refund(refund)),
                     changes(before, refund), now},
               random_);
  return Done();
}

}  // namespace florin
