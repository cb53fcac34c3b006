// What is checked when the faults are over and all is quiet: what merchants were told, what the far sides'
// books say, what was delivered, each against the database.
#include <fmt/format.h>

#include <florin/json.hpp>

#include "tests/simulation/oracles.hpp"

namespace florin::simulation {

std::string Oracles::unsettled() {
  return disk_.look([](Session& session) {
    std::string what;
    using Row = std::tuple<std::string, std::string, std::string>;
    for (const auto& [id, kind, state] :
         session.all<Row>("select id, kind, state from attempts where state in ('sending', 'in_doubt') limit 3"))
      what += fmt::format("attempt {} ({}) is {}; ", id, kind, state);
    for (const auto& [id, status, busy] : session.all<Row>("select id, status, busy from payments where status = 'processing' or busy <> '' limit 3"))
      what += fmt::format("payment {} is {}, held by {}; ", id, status, busy);
    for (const auto& [event, state, error] :
         session.all<Row>("select event_id, state, error from webhook_deliveries where state = 'pending' limit 3"))
      what += fmt::format("delivery of {} is {} ({}); ", event, state, error);
    // Committed a moment ago, and not seen yet by who makes deliveries of it.
    for (const auto& [id, merchant, type] : session.all<Row>(
             "select id, merchant, type from events where position > coalesce((select position from event_cursors "
             "where reader = 'webhooks_out'), 0) limit 3"))
      what += fmt::format("event {} ({}) of {} waits for its deliveries; ", id, type, merchant);
    for (const auto& [merchant, route, key] :
         session.all<Row>("select merchant, route, idem_key from idempotency_keys k where state = 'running' and not exists "
             "(select 1 from attempts a join events e on e.payment_id = a.payment_id and e.id = a.told "
             "where a.payment_id = k.object_id and a.merchant = k.merchant and a.idem_route = k.route "
             "and a.idem_key = k.idem_key) limit 3"))
      what += fmt::format("key {} of {} for {} still runs; ", key, merchant, route);
    return what;
  });
}

void Oracles::compare() {
  compare_orders();
  compare_books();
  compare_events();
}

void Oracles::compare_orders() {
  using Row = std::tuple<std::string, std::string, std::int64_t, std::string, std::int64_t, std::int64_t, std::string, std::string>;
  std::map<std::string, std::vector<Row>> found;
  for (const Row& row : disk_.look([](Session& session) {
         return session.all<Row>("select id, merchant, amount, currency, captured, refunded, status, details from payments");
       }))
    found[std::get<1>(row) + "/" + text_at(Json::parse(std::get<7>(row)), "metadata.tag")].push_back(row);
  for (const auto& [place, order] : orders_) {
    const auto rows = found.find(place);
    const std::size_t count = rows == found.end() ? 0 : rows->second.size();
    // I5: however often it was asked for, it happened once; I1: what was acknowledged is there.
    if (count > 1) violated(fmt::format("I5: {} payments were made of order {}", count, place));
    if (order.payment.empty() || count > 1) continue;
    if (count == 0) {
      violated(fmt::format("I1: order {} was acknowledged as {} and is gone", place, order.payment));
      continue;
    }
    const auto& [id, merchant, amount, currency, captured, refunded, status, details] = rows->second.front();
    if (id != order.payment || amount != order.amount || currency != order.currency)
      violated(fmt::format("I1: order {}: {} over {} {} was acknowledged, there is {} over {} {}", place, order.payment,
                           order.amount, order.currency, id, amount, currency));
    if (captured < order.captured) violated(fmt::format("I1: {}: {} acknowledged as captured, {} are", id, order.captured, captured));
    if (refunded < order.refunded) violated(fmt::format("I1: {}: {} acknowledged as refunded, {} are", id, order.refunded, refunded));
    if (!may_become(order.status, status)) violated(fmt::format("I3: {} was told to be {} and is {}", id, order.status, status));
  }
}

void Oracles::compare_books() {
  std::map<std::string, std::int64_t> taken, given_back, held;
  for (const auto& [place, payment] : payments_by_place_) {
    taken[payment] += taken_[place];
    given_back[payment] += given_back_[place];
    if (charged_[payment].contains(place)) held[payment] += authorized_[place];
  }
  using Row = std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t, std::string>;
  for (const auto& [id, amount, captured, refunded, status] : disk_.look([](Session& session) {
         return session.all<Row>("select id, amount, captured, refunded, status from payments");
       })) {
    if (captured != taken[id]) violated(fmt::format("I4: {} ({}): {} captured here, {} at the far sides", id, status, captured, taken[id]));
    if (refunded != given_back[id]) violated(fmt::format("I4: {} ({}): {} refunded here, {} at the far sides", id, status, refunded, given_back[id]));
    const bool holds = status == "requires_capture" || status == "partially_captured" || status == "succeeded";
    const std::int64_t should = holds ? amount : 0;
    if (held[id] != should) violated(fmt::format("I3: {} is {}: {} should be held or taken, the far sides say {}", id, status, should, held[id]));
  }
  // The ledger tells the same.
  using Sums = std::tuple<std::string, std::int64_t, std::int64_t>;
  for (const auto& [id, sales, refunds] : disk_.look([](Session& session) {
         return session.all<Sums>(
             "select payment_id, cast(sum(case when account = 'sales' then -amount else 0 end) as bigint), "
             "cast(sum(case when account = 'refunds' then amount else 0 end) as bigint) from ledger_entries group by payment_id");
       }))
    if (sales != taken[id] || refunds != given_back[id])
      violated(fmt::format("I4: {}: the ledger has {} sold and {} given back, the far sides {} and {}", id, sales, refunds, taken[id], given_back[id]));
}

void Oracles::compare_events() {
  using Row = std::tuple<std::string, std::string, std::int64_t>;
  std::map<std::string, std::int64_t> last;
  for (const auto& [merchant, id, seq] : disk_.look([](Session& session) {
         return session.all<Row>("select merchant, id, seq from events order by position");
       })) {
    if (seq != ++last[merchant]) violated(fmt::format("I6: event {} of {} has number {} and should have {}", id, merchant, seq, last[merchant]));
    if (!heard_.contains(shop_url(merchant) + " " + id)) violated(fmt::format("I6: event {} ({}) of {} was never delivered", id, seq, merchant));
  }
  // Law 5: the newest event about a payment says where it stands.
  using State = std::tuple<std::string, std::string, std::string>;
  for (const auto& [id, status, body] : disk_.look([](Session& session) {
         return session.all<State>(
             "select p.id, p.status, coalesce((select body from events e where e.payment_id = p.id and e.object_id = p.id "
             "order by position desc limit 1), '{}') from payments p");
       })) {
    const std::string told = text_at(Json::parse(body), "object.status");
    if (told != status) violated(fmt::format("law 5: {} is {} but its last event says {}", id, status, told));
  }
}

}  // namespace florin::simulation
