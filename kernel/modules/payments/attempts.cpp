// The attempts table, and the only file that spells its columns.
#include "kernel/modules/payments/repository.hpp"

#include "kernel/modules/events/event.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/store/group.hpp"

namespace florin {

namespace {

#define FLORIN_ATTEMPT_COLUMNS                                                                                     \
  "id, merchant, payment_id, kind, number, account, provider, amount, currency, state, reference, "                \
  "operation_reference, capture_reference, refund_id, decision_id, captured_before, final_capture, decline_reason, provider_code, "    \
  "message, exchanges, idem_route, idem_key, started, ended, node, told"

using AttemptRow =
    std::tuple<std::string, std::string, std::string, std::string, std::int64_t, std::string, std::string, std::int64_t,
               std::string, std::string, std::string, std::string, std::string, std::string, std::string, std::int64_t, std::int64_t,
               std::string, std::string, std::string, std::string, std::string, std::string, std::int64_t,
               std::optional<std::int64_t>, std::string, std::string>;

Attempt from_row(AttemptRow row) {
  auto& [id, merchant, payment_id, kind, number, account, provider, amount, code, state, reference, operation_reference,
         capture_reference, refund_id, decision_id, captured_before, final_capture, decline_reason, provider_code, message, exchanges,
         idem_route, idem_key, started, ended, node, told] = row;
  const Currency currency = Currency::of(code);
  std::optional<Instant> end;
  if (ended) end = from_micros(*ended);
  return Attempt{std::move(id),
                 std::move(merchant),
                 std::move(payment_id),
                 attempt_kind_from(kind),
                 static_cast<int>(number),
                 std::move(account),
                 std::move(provider),
                 Money(amount, currency),
                 attempt_state_from(state),
                 std::move(reference),
                 std::move(operation_reference),
                 std::move(refund_id),
                 std::move(decision_id),
                 Money(captured_before, currency),
                 final_capture != 0,
                 std::move(capture_reference),
                 std::move(decline_reason),
                 std::move(provider_code),
                 std::move(message),
                 Json::parse(exchanges),
                 std::move(idem_route),
                 std::move(idem_key),
                 from_micros(started),
                 end,
                 std::move(node),
                 std::move(told)};
}

std::vector<Attempt> from_rows(std::vector<AttemptRow> rows) {
  std::vector<Attempt> attempts;
  attempts.reserve(rows.size());
  for (AttemptRow& row : rows) attempts.push_back(from_row(std::move(row)));
  return attempts;
}

}  // namespace

void PaymentRepository::insert_attempt(Session& session, const Attempt& a) {
  session.execute_later(
      "insert into attempts (" FLORIN_ATTEMPT_COLUMNS
      ") values (:id, :merchant, :payment, :kind, :number, :account, :provider, :amount, :currency, :state, :reference, "
      ":operation, :capture_reference, :refund, :decision, :captured_before, :final, :reason, :code, :message, :exchanges, :route, :key, "
      ":started, null, :node, '')",
      a.id, a.merchant, a.payment_id, to_text(a.kind), a.number, a.account, a.provider, a.amount.minor(),
      a.amount.currency().code(), to_text(a.state), a.reference, a.operation_reference, a.capture_reference, a.refund_id, a.decision_id,
      a.captured_before.minor(), a.final_capture, a.decline_reason, a.provider_code, a.message, to_text(a.exchanges),
      a.idem_route, a.idem_key, micros(a.started), a.node);
}

std::optional<Attempt> PaymentRepository::find_attempt(Session& session, const std::string& merchant, const std::string& id) {
  auto row = session.one<AttemptRow>(
      "select " FLORIN_ATTEMPT_COLUMNS " from attempts where id = :id and merchant = :merchant", id, merchant);
  if (!row) return std::nullopt;
  return from_row(std::move(*row));
}

std::optional<Attempt> PaymentRepository::find_attempt_by_reference(Session& session, const std::string& merchant,
                                                                    const std::string& account,
                                                                    const std::string& provider,
                                                                    const std::string& reference) {
  auto row = session.one<AttemptRow>(
      "select " FLORIN_ATTEMPT_COLUMNS " from attempts where provider = :provider and reference = :reference "
      "and reference <> '' and merchant = :merchant and account = :account and kind = 'authorize' limit 1",
      provider, reference, merchant, account);
  if (!row) return std::nullopt;
  return from_row(std::move(*row));
}

std::vector<Attempt> PaymentRepository::attempts_of(Session& session, const std::string& merchant,
                                                    const std::string& payment_id) {
  return from_rows(session.all<AttemptRow>(
      "select " FLORIN_ATTEMPT_COLUMNS " from attempts where payment_id = :payment and merchant = :merchant "
      "order by number limit 200",
      payment_id, merchant));
}

std::vector<Attempt> PaymentRepository::captures_of(Session& session, const std::string& merchant,
                                                    const std::string& payment_id) {
  return from_rows(session.all<AttemptRow>(
      "select " FLORIN_ATTEMPT_COLUMNS " from attempts where payment_id = :payment and merchant = :merchant "
      "and kind = 'capture' and state = 'approved' order by number",
      payment_id, merchant));
}

int PaymentRepository::count_attempts(Session& session, const std::string& merchant, const std::string& payment_id) {
  const auto row = session.one<std::tuple<std::int64_t>>(
      "select count(*) from attempts where payment_id = :payment and merchant = :merchant", payment_id, merchant);
  return static_cast<int>(std::get<0>(*row));
}

bool PaymentRepository::settle_attempt(Session& session, const Attempt& a) {
  const Parameter ended = a.ended ? Parameter(micros(*a.ended)) : Parameter();
  const std::string exchanges = to_text(a.exchanges);
  return changes_one(
      session,
      "update attempts set state = :state, reference = :reference, operation_reference = :operation, "
      "decline_reason = :reason, provider_code = :code, message = :message, exchanges = :exchanges, "
      "ended = :ended, node = :node, told = :told where id = :id and merchant = :merchant "
      // Not "in (...)": SQLite would build a table for the list, each time.
      "and (state = 'sending' or state = 'in_doubt' or state = 'requires_action')",
      {to_text(a.state), a.reference, a.operation_reference, a.decline_reason, a.provider_code, a.message, exchanges,
       ended, a.node, a.told, a.id, a.merchant});
}

void PaymentRepository::set_started(Session& session, const Attempt& a) {
  session.execute("update attempts set started = :started where id = :id and merchant = :merchant", micros(a.started), a.id,
                  a.merchant);
}

std::optional<ApiAnswer> PaymentRepository::told_answer(Session& session, const std::string& merchant,
                                                        const std::string& payment_id, const Idempotency& idempotency) {
  const auto told = session.one<std::tuple<std::string>>(
      "select told from attempts where payment_id = :payment and merchant = :merchant and idem_route = :route "
      "and idem_key = :key and told <> ''",
      payment_id, merchant, idempotency.route, idempotency.key);
  if (!told) return std::nullopt;
  const std::optional<std::string> object = find_event_object(session, merchant, payment_id, std::get<0>(*told));
  if (!object) return std::nullopt;
  return told_as(*object, payment_id, idempotency.route);
}

bool has_open_attempt(Session& session, const std::string& merchant, const std::string& payment_id) {
  return session
      .one<std::tuple<std::string>>(
          "select id from attempts where payment_id = :payment and merchant = :merchant "
          "and state in ('sending', 'in_doubt') limit 1",
          payment_id, merchant)
      .has_value();
}

std::vector<OpenAttempt> PaymentRepository::open_attempts(Session& session, AttemptState state, int limit) {
  std::vector<OpenAttempt> open;
  for (auto& [id, merchant, payment_id, node, started] :
       session.all<std::tuple<std::string, std::string, std::string, std::string, std::int64_t>>(
           "select id, merchant, payment_id, node, started from attempts where state = :state "
           "and state in ('sending', 'in_doubt') order by started limit :limit",
           to_text(state), limit))
    open.push_back({std::move(id), std::move(merchant), std::move(payment_id), std::move(node), from_micros(started)});
  return open;
}

}  // namespace florin
