// The payments table, and the only file that spells its columns.
#include "kernel/modules/payments/repository.hpp"

#include <fmt/format.h>

#include <florin/check.hpp>

#include "kernel/modules/events/event.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/seeded_bugs/seeded_bugs.hpp"
#include "kernel/platform/store/group.hpp"

namespace florin {

namespace {

#define FLORIN_PAYMENT_COLUMNS                                                                                    \
  "id, amount, currency, captured, refunded, refund_pending, status, manual_capture, livemode, in_review, "       \
  "method_type, method, instrument, customer_id, details, next_action, last_error, active_attempt, busy, account, " \
  "provider, reference, capture_reference, capture_before, created, updated, version"

using PaymentRow =
    std::tuple<std::string, std::int64_t, std::string, std::int64_t, std::int64_t, std::int64_t, std::string,
               std::int64_t, std::int64_t, std::int64_t, std::string, std::string, std::string, std::string, std::string,
               std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::string,
               std::optional<std::int64_t>, std::int64_t, std::int64_t, std::int64_t>;

Payment from_row(const std::string& merchant, PaymentRow row) {
  auto& [id, amount, code, captured, refunded, refund_pending, status, manual, livemode, in_review, method_type, method,
         instrument, customer_id, details, next_action, last_error, active_attempt, busy, account, provider, reference,
         capture_reference, capture_before, created, updated, version] = row;
  const Currency currency = Currency::of(code);
  const auto known_status = payment_status_from(status);
  FLORIN_CHECK(known_status.has_value(), "the payments table holds only statuses that we wrote");
  Payment payment{id, merchant, Money(amount, currency), Money(captured, currency), Money(refunded, currency),
                  Money(refund_pending, currency)};
  payment.status = *known_status;
  payment.manual_capture = manual != 0;
  payment.livemode = livemode != 0;
  payment.in_review = in_review != 0;
  payment.method_type = std::move(method_type);
  payment.method = Document::of_text(std::move(method));
  payment.instrument = std::move(instrument);
  payment.customer_id = std::move(customer_id);
  payment.details = Document::of_text(std::move(details));
  payment.next_action = Document::of_text(std::move(next_action));
  payment.last_error = Document::of_text(std::move(last_error));
  payment.active_attempt = std::move(active_attempt);
  payment.busy = std::move(busy);
  payment.account = std::move(account);
  payment.provider = std::move(provider);
  payment.reference = std::move(reference);
  payment.capture_reference = std::move(capture_reference);
  if (capture_before) payment.capture_before = from_micros(*capture_before);
  payment.created = from_micros(created);
  payment.updated = from_micros(updated);
  payment.version = version;
  return payment;
}

std::int64_t flag(bool set) { return set ? 1 : 0; }

std::optional<std::int64_t> micros_of(const std::optional<Instant>& instant) {
  if (!instant) return std::nullopt;
  return micros(*instant);
}

void tell(Session& session, const Payment& payment, std::string_view type, Json previous, Random& random,
          Told* told = nullptr) {
  Event event{payment.merchant, std::string(type), payment.id, payment.id, payment_text(payment),
              std::move(previous), payment.updated};
  append_event(session, event, random, told != nullptr ? told->id : "");
  if (told != nullptr) told->object = std::move(event.object);
}

// The attributes that a move changed, as they were.
Json changes(const Payment& before, const Payment& after) {
  Json previous = Json::object();
  if (before.status != after.status) previous["status"] = to_text(before.status);
  if (before.captured != after.captured) previous["amount_captured"] = before.captured.minor();
  if (!(before.next_action == after.next_action)) previous["next_action"] = before.next_action.json();
  if (!(before.last_error == after.last_error)) previous["last_error"] = before.last_error.json();
  if (!(before.method == after.method)) previous["payment_method"] = before.method.json();
  return previous;
}

}  // namespace

void PaymentRepository::insert(Session& session, const Payment& p) {
  session.execute_later(
      "insert into payments (" FLORIN_PAYMENT_COLUMNS
      ", merchant) values (:id, :amount, :currency, :captured, :refunded, :refund_pending, :status, :manual, :livemode, "
      ":review, :method_type, :method, :instrument, :customer, :details, :next_action, :last_error, :active, :busy, "
      ":account, :provider, :reference, :capture_reference, :capture_before, :created, :updated, :version, :merchant)",
      p.id, p.amount.minor(), p.amount.currency().code(), p.captured.minor(), p.refunded.minor(),
      p.refund_pending.minor(), to_text(p.status), p.manual_capture, p.livemode, p.in_review, p.method_type,
      p.method.text(), p.instrument, p.customer_id, p.details.text(), p.next_action.text(), p.last_error.text(),
      p.active_attempt, p.busy, p.account, p.provider, p.reference, p.capture_reference, micros_of(p.capture_before),
      micros(p.created), micros(p.updated), p.version, p.merchant);
  tell(session, p, "payment.created", Json::object(), random_);
}

std::optional<Payment> PaymentRepository::find(Session& session, const std::string& merchant, const std::string& id) {
  auto row = session.one<PaymentRow>(
      "select " FLORIN_PAYMENT_COLUMNS " from payments where id = :id and merchant = :merchant", id, merchant);
  if (!row) return std::nullopt;
  return from_row(merchant, std::move(*row));
}

std::optional<std::string> merchant_of_payment(Session& session, const std::string& id) {
  // From merchant to merchant along the index, which has the id within its merchant: there are few.
  using Row = std::tuple<std::string>;
  for (std::string last;;) {
    const auto next =
        session.one<Row>("select merchant from payments where merchant > :last order by merchant limit 1", last);
    if (!next) return std::nullopt;
    last = std::get<0>(*next);
    if (session.one<Row>("select merchant from payments where merchant = :merchant and id = :id", last, id)) return last;
  }
}

bool PaymentRepository::update(Session& session, Payment& p) {
  const bool changed = changes_one(
          session,
          "update payments set captured = :captured, refunded = :refunded, refund_pending = :pending, status = :status, "
          "manual_capture = :manual, in_review = :review, method_type = :method_type, method = :method, "
          "instrument = :instrument, customer_id = :customer, details = :details, next_action = :next_action, "
          "last_error = :last_error, active_attempt = :active, busy = :busy, account = :account, provider = :provider, "
          "reference = :reference, capture_reference = :capture_reference, capture_before = :capture_before, "
          "updated = :updated, version = :next where id = :id and merchant = :merchant and version = :version",
          {p.captured.minor(), p.refunded.minor(), p.refund_pending.minor(), to_text(p.status), flag(p.manual_capture),
           flag(p.in_review), p.method_type, p.method.text(), p.instrument, p.customer_id, p.details.text(),
           p.next_action.text(), p.last_error.text(), p.active_attempt, p.busy, p.account, p.provider, p.reference, p.capture_reference,
           p.capture_before ? Parameter(micros(*p.capture_before)) : Parameter(), micros(p.updated), p.version + 1, p.id,
           p.merchant, p.version});
  if (changed) ++p.version;
  return changed;
}

Result<Done> PaymentRepository::advance(Session& session, const Payment& before, Payment& payment, PaymentStatus to,
                                        Told* told) {
  const PaymentMove* const move = find_move(before.status, to);
  FLORIN_CHECK(move != nullptr, "a payment moves along its table or not at all");
  FLORIN_CHECK(payment.refunded + payment.refund_pending <= payment.captured && payment.captured <= payment.amount,
               "refunds <= captures <= authorization");
  payment.status = to;
  if (hook_)
    if (auto done = hook_(session, payment); !done) return done.error();
  if (!update(session, payment))
    return Error{Error::Kind::kConflict, "payment " + payment.id + " was changed by another request", "payment_changed", ""};
  if (FLORIN_SEEDED_BUG(event_outside_transaction)) {
    if (told != nullptr) told->object = payment_text(payment);
    static std::function<void(Session&, Random&)> late;
    if (late) late(session, random_);
    late = [payment, move, told = changes(before, payment)](Session& other, Random& random) {
      tell(other, payment, move->event, told, random);
    };
    return Done();
  }
  tell(session, payment, move->event, changes(before, payment), random_, told);
  return Done();
}

Result<Done> PaymentRepository::keep(Session& session, Payment& payment) {
  FLORIN_CHECK(payment.refunded + payment.refund_pending <= payment.captured && payment.captured <= payment.amount,
               "refunds <= captures <= authorization");
  if (!update(session, payment))
    return Error{Error::Kind::kConflict, "payment " + payment.id + " was changed by another request", "payment_changed", ""};
  return Done();
}

std::vector<Payment> PaymentRepository::list(Session& session, const std::string& merchant, const PaymentFilter& filter) {
  // Every filter is a parameter that is off when empty: one statement, no SQL made of text.
  const std::string text = filter.text.empty() ? "" : "%" + filter.text + "%";
  const auto none = [](const std::optional<std::int64_t>& value, std::int64_t otherwise) { return value.value_or(otherwise); };
  const std::int64_t from = none(filter.created_min, 0) * 1'000'000;
  const std::int64_t until = none(filter.created_max, 253'402'300'799) * 1'000'000 + 999'999;
  constexpr std::string_view kNewestFirst =
      "select " FLORIN_PAYMENT_COLUMNS
      " from payments where merchant = :merchant and id < :before and (:s = '' or status = :status) "
      "and (:m = '' or method_type = :method) and (:p = '' or provider = :provider) "
      "and (:c = '' or currency = :currency) and (:u = '' or customer_id = :customer) "
      "and amount >= :amount_min and amount <= :amount_max and created >= :from_us and created <= :until_us "
      "and (:t = '' or lower(id || ' ' || details || ' ' || customer_id) like :text) order by id desc limit :limit";
  constexpr std::string_view kOldestFirst =
      "select " FLORIN_PAYMENT_COLUMNS
      " from payments where merchant = :merchant and id > :after and (:s = '' or status = :status) "
      "and (:m = '' or method_type = :method) and (:p = '' or provider = :provider) "
      "and (:c = '' or currency = :currency) and (:u = '' or customer_id = :customer) "
      "and amount >= :amount_min and amount <= :amount_max and created >= :from_us and created <= :until_us "
      "and (:t = '' or lower(id || ' ' || details || ' ' || customer_id) like :text) order by id limit :limit";
  const bool backwards = !filter.ending_before.empty();
  // "~" sorts after every id.
  const std::string edge = backwards ? filter.ending_before : filter.starting_after.empty() ? "~" : filter.starting_after;
  const auto rows = session.all<PaymentRow>(
      backwards ? kOldestFirst : kNewestFirst, merchant, edge, filter.status, filter.status, filter.method, filter.method,
      filter.provider, filter.provider, filter.currency, filter.currency, filter.customer, filter.customer,
      none(filter.amount_min, 0), none(filter.amount_max, INT64_MAX), from, until, text, text, filter.limit + 1);
  std::vector<Payment> payments;
  payments.reserve(rows.size());
  for (const PaymentRow& row : rows) payments.push_back(from_row(merchant, row));
  return payments;
}

}  // namespace florin
