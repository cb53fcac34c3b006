// Set-based checks, so that the database does the work; each reports at most a hundred cases.
#include "kernel/modules/payments/verify.hpp"

#include <fmt/format.h>

namespace florin {

namespace {

void sums(Session& session, std::vector<std::string>& wrong) {
  using Row = std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
  for (const auto& [id, amount, captured, refunded, pending] : session.all<Row>(
           "select id, amount, captured, refunded, refund_pending from payments "
           "where captured > amount or refunded + refund_pending > captured or captured < 0 or refunded < 0 "
           "or refund_pending < 0 limit 100"))
    wrong.push_back(fmt::format("payment {}: amount {}, captured {}, refunded {}, being refunded {}", id, amount, captured,
                                refunded, pending));
}

void books(Session& session, std::vector<std::string>& wrong) {
  using Row = std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
  for (const auto& [id, captured, sales, refunded, given_back] : session.all<Row>(
           "select p.id, p.captured, cast(coalesce(-s.amount, 0) as bigint), p.refunded, "
           "cast(coalesce(r.amount, 0) as bigint) from payments p "
           "left join (select payment_id, sum(amount) as amount from ledger_entries where account = 'sales' "
           "group by payment_id) s on s.payment_id = p.id "
           "left join (select payment_id, sum(amount) as amount from ledger_entries where account = 'refunds' "
           "group by payment_id) r on r.payment_id = p.id "
           "where p.captured <> coalesce(-s.amount, 0) or p.refunded <> coalesce(r.amount, 0) limit 100"))
    wrong.push_back(fmt::format("payment {}: captured {} but booked {}, refunded {} but booked {}", id, captured, sales,
                                refunded, given_back));
}

void states(Session& session, std::vector<std::string>& wrong) {
  // The newest event that tells of the payment itself says where it stands.
  using Row = std::tuple<std::string, std::string, std::string>;
  for (const auto& [id, status, event] : session.all<Row>(
           "select p.id, p.status, e.type from payments p join events e on e.payment_id = p.id and e.payment_id <> '' "
           "and e.position = (select max(position) from events n where n.payment_id = p.id and n.payment_id <> '' "
           "and n.object_id = p.id and n.type <> 'payment.created') "
           "where not ((e.type = 'payment.succeeded' and p.status = 'succeeded') "
           "or (e.type = 'payment.failed' and p.status = 'requires_payment_method') "
           "or (e.type = 'payment.processing' and p.status = 'processing') "
           "or (e.type = 'payment.requires_action' and p.status = 'requires_action') "
           "or (e.type = 'payment.authorized' and p.status = 'requires_capture') "
           "or (e.type = 'payment.partially_captured' and p.status = 'partially_captured') "
           "or (e.type = 'payment.method_attached' and p.status = 'requires_confirmation') "
           "or (e.type = 'payment.canceled' and p.status = 'canceled')) limit 100"))
    wrong.push_back(fmt::format("payment {} is {} but its last event is {}", id, status, event));
  for (const auto& [id] : session.all<std::tuple<std::string>>(
           "select id from payments p where not exists (select 1 from events e where e.payment_id = p.id "
           "and e.payment_id <> '') limit 100"))
    wrong.push_back(fmt::format("payment {} has no event", id));
}

void sequence(Session& session, std::vector<std::string>& wrong) {
  using Row = std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t>;
  for (const auto& [merchant, count, last, counter] : session.all<Row>(
           "select e.merchant, cast(count(*) as bigint), cast(max(e.seq) as bigint), c.value from events e "
           "join event_counters c on c.merchant = e.merchant group by e.merchant, c.value "
           "having count(*) <> max(e.seq) or max(e.seq) <> c.value limit 100"))
    wrong.push_back(fmt::format("events of {}: {} of them, numbered to {}, counted to {}", merchant, count, last, counter));
}

}  // namespace

std::vector<std::string> verify_payments(Session& session) {
  std::vector<std::string> wrong;
  sums(session, wrong);
  books(session, wrong);
  states(session, wrong);
  sequence(session, wrong);
  return wrong;
}

}  // namespace florin
