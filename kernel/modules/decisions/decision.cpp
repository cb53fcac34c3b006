// The decisions table and the view over it that tells what came of each, and the only file that spells their columns.
#include "kernel/modules/decisions/decision.hpp"

#include <florin/check.hpp>

#include "kernel/platform/clock/clock.hpp"

namespace florin {

const std::string& TrySubject::of(Dimension dimension, const std::string& merchant) const {
  switch (dimension) {
    case Dimension::kCard: return card;
    case Dimension::kCustomer: return customer;
    case Dimension::kIp: return ip;
    case Dimension::kDevice: return device;
    case Dimension::kMerchant: break;
  }
  return merchant;
}

std::string_view to_text(TryOutcome outcome) {
  switch (outcome) {
    case TryOutcome::kPending: return "pending";
    case TryOutcome::kAccepted: return "accepted";
    case TryOutcome::kDeclined: return "declined";
    case TryOutcome::kBlocked: return "blocked";
    case TryOutcome::kDropped: return "dropped";
  }
  return "pending";
}

TryOutcome try_outcome_from(std::string_view text) {
  for (const TryOutcome outcome : {TryOutcome::kAccepted, TryOutcome::kDeclined, TryOutcome::kBlocked, TryOutcome::kDropped})
    if (to_text(outcome) == text) return outcome;
  return TryOutcome::kPending;
}

void insert_decision(Session& session, const Decision& decision, const std::string& risk, const std::string& routing) {
  session.execute_later(
      "insert into decisions (id, merchant, payment_id, created, amount, currency, card, customer, ip, device, "
      "outcome, risk, routing) values (:id, :merchant, :payment, :created, :amount, :currency, :card, :customer, "
      ":ip, :device, :outcome, :risk, :routing)",
      decision.id, decision.merchant, decision.payment_id, micros(decision.created), decision.amount.minor(),
      decision.amount.currency().code(), decision.subject.card, decision.subject.customer, decision.subject.ip,
      decision.subject.device, to_text(decision.outcome), risk, routing);
}

std::vector<Decision> decisions_of(Session& session, const std::string& merchant, const std::string& payment_id) {
  using Row = std::tuple<std::string, std::int64_t, std::int64_t, std::string, std::string, std::string, std::string,
                         std::string, std::string, std::string, std::string>;
  std::vector<Decision> list;
  for (const auto& [id, created, amount, currency, card, customer, ip, device, outcome, risk, routing] :
       session.all<Row>(
           "select id, created, amount, currency, card, customer, ip, device, outcome, risk, routing from tries "
           "where payment_id = :payment and merchant = :merchant order by id limit 100",
           payment_id, merchant))
    list.push_back({id, merchant, payment_id, from_micros(created), Money(amount, Currency::of(currency)),
                    TrySubject{card, customer, ip, device}, try_outcome_from(outcome), Json::parse(risk),
                    Json::parse(routing)});
  return list;
}

namespace {
// Spelled out for each dimension, so that each uses its own index.
std::string_view past_tries_sql(Dimension by) {
  switch (by) {
    case Dimension::kCard:
      return "select created, amount, currency, outcome from tries where merchant = :merchant and card = :value "
             "and card <> '' and created >= :since order by created desc limit :limit";
    case Dimension::kCustomer:
      return "select created, amount, currency, outcome from tries where merchant = :merchant and customer = :value "
             "and customer <> '' and created >= :since order by created desc limit :limit";
    case Dimension::kIp:
      return "select created, amount, currency, outcome from tries where merchant = :merchant and ip = :value "
             "and ip <> '' and created >= :since order by created desc limit :limit";
    case Dimension::kDevice:
      return "select created, amount, currency, outcome from tries where merchant = :merchant and device = :value "
             "and device <> '' and created >= :since order by created desc limit :limit";
    case Dimension::kMerchant: break;
  }
  return "select created, amount, currency, outcome from tries where merchant = :merchant and merchant = :value "
         "and created >= :since order by created desc limit :limit";
}
}  // namespace

std::vector<PastTry> past_tries(Session& session, const std::string& merchant, Dimension by, const std::string& value,
                                Instant since, int limit) {
  std::vector<PastTry> tries;
  for (const auto& [created, amount, currency, outcome] :
       session.all<std::tuple<std::int64_t, std::int64_t, std::string, std::string>>(
           past_tries_sql(by), merchant, value, micros(since), limit))
    tries.push_back({from_micros(created), Money(amount, Currency::of(currency)), try_outcome_from(outcome)});
  return tries;
}

}  // namespace florin
