// A replay is given what the first run was given: the stored payment, the stored signals, the time of
// then. Accounts are as they are configured now, in good health: what was healthy then is not known.
#include "kernel/app/cli/replay.hpp"

#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kernel/modules/merchants/policy_view.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/modules/payments/repository.hpp"
#include "kernel/modules/risk/risk.hpp"
#include "kernel/modules/routing/routing.hpp"

namespace florin {

namespace {

struct PastDecision {
  Payment payment;
  Decision decision;
  int attempt = 1;
};

std::vector<PastDecision> past_decisions(Session& session, const std::string& merchant, std::int64_t since) {
  std::vector<PastDecision> list;
  PaymentRepository payments(system_random());
  PaymentFilter filter;
  filter.limit = 500;
  filter.created_min = since;
  for (;;) {
    std::vector<Payment> page = payments.list(session, merchant, filter);
    const bool more = page.size() > static_cast<std::size_t>(filter.limit);
    if (more) page.pop_back();
    for (const Payment& payment : page) {
      int attempt = 0;
      for (const Decision& decision : decisions_of(session, merchant, payment.id)) list.push_back({payment, decision, ++attempt});
    }
    if (!more) return list;
    filter.starting_after = page.back().id;
  }
}

Json signals_given(const Json& risk) {
  Json signals = Json::array();
  for (const Json& signal : risk.value("signals", Json::array()))
    signals.push_back({{"rule", text_at(signal, "rule")},
                       {"score", integer_at(signal, "score").value_or(0)},
                       {"reasons", signal.value("reasons", Json::array())}});
  return signals;
}

void write_payment(PolicyWriter& writer, const PastDecision& past, const RiskSaid* risk) {
  write_policy_payment(writer, past.payment, past.attempt, past.decision.created, risk);
}

std::string verdict_of(const Policy& policy, const Merchant& merchant, const PastDecision& past) {
  const Json signals = signals_given(past.decision.risk);
  const PolicyResult result = policy.run({[&past](PolicyWriter& writer) { write_payment(writer, past, nullptr); },
                                          [&signals](PolicyWriter& writer) { writer.json(signals); },
                                          [&merchant](PolicyWriter& writer) {
                                            writer.map(4);
                                            write_policy_merchant(writer, merchant);
                                            writer.end();
                                          }});
  if (!result.ok) return "failed: " + result.why;
  const auto answer = read_risk_answer(result.value);
  return answer ? std::string(to_text(answer->verdict)) : "failed: " + answer.error().message;
}

// `past` outlives the question.
RoutingQuestion question_of(const PastDecision& past) {
  RoutingQuestion question{past.payment.amount, past.payment.method_type, std::nullopt, text_at(past.payment.details, "country"),
                           past.payment.manual_capture, [&past](PolicyWriter& writer) {
                             const std::string decision = text_at(past.decision.risk, "decision");
                             const RiskSaid said{decision, integer_at(past.decision.risk, "score").value_or(0)};
                             write_payment(writer, past, &said);
                           }};
  if (past.payment.method->is_object() && past.payment.method->contains("card")) question.card_input = CardInput::kPan;
  return question;
}

std::string first_route(const Json& routes) { return routes.is_array() && !routes.empty() ? routes[0].get<std::string>() : "none"; }

}  // namespace

void replay_policies(CliContext& context, const ReplayAsked& asked) {
  const auto config = context.config();
  if (!config) return;
  if (asked.routing.empty() && asked.risk.empty()) return context.fail("give --routing or --risk: the policy to replay");
  MerchantDirectory directory(*context.plugins());
  for (const ConfigFault& fault : directory.configure(config)) return context.fail(fault.text());
  const auto found = directory.find(asked.merchant);
  if (!found) return context.fail("no such merchant: " + asked.merchant);
  Merchant merchant = *found;
  std::shared_ptr<const Policy> risk;
  for (const auto& [name, into] : {std::pair{asked.routing, &merchant.routing}, std::pair{asked.risk, &risk}}) {
    if (name.empty()) continue;
    auto loaded = load_policy(config->scripts_dir, name);
    if (!loaded) return context.fail(loaded.error().message);
    *into = *loaded;
  }
  ThreadExecutor executor(1);
  SystemClock clock(executor);
  const std::int64_t since = unix_seconds(clock.now()) - static_cast<std::int64_t>(asked.days) * 86'400;
  const auto past = context.read([&](Session& session) -> Result<std::vector<PastDecision>> {
    return past_decisions(session, asked.merchant, since);
  });
  if (!past) return;
  const auto http = HttpClient::make(executor, clock, HttpClient::Options());
  AccountRecord record;
  const Routing routing(*http, record);
  std::map<std::string, std::int64_t> changes;
  std::vector<Json> rows;
  for (const PastDecision& one : *past) {
    Json row{{"payment", one.payment.id}, {"money", one.payment.amount.text() + " " + std::string(one.payment.amount.currency().code())}};
    bool changed = false;
    if (risk) {
      const std::string was = text_at(one.decision.risk, "decision"), now = verdict_of(*risk, merchant, one);
      changed = was != now;
      row["risk"] = was + " -> " + now;
      ++changes["risk " + was + " -> " + now];
    }
    if (!asked.routing.empty() && !one.decision.routing.empty()) {
      const RoutingDecision again = routing.decide(merchant, question_of(one));
      const std::string was = first_route(one.decision.routing.value("routes", Json::array())), now = again.routes.empty() ? "none" : again.routes.front();
      changed = changed || was != now;
      row["route"] = was + " -> " + now;
      ++changes["route " + was + " -> " + now];
    }
    if (changed) rows.push_back(std::move(row));
  }
  http->stop();
  clock.stop();
  if (context.json) {
    std::cout << Json{{"decisions", past->size()}, {"counts", changes}, {"changed", rows}}.dump(2) << std::endl;
    return;
  }
  std::cout << fmt::format("{} decisions of the last {} days, {} would be different\n", past->size(), asked.days, rows.size());
  for (const auto& [change, count] : changes) std::cout << fmt::format("  {:>8}  {}\n", count, change);
  if (!rows.empty()) context.print(rows, {"payment", "money", "risk", "route"});
}

}  // namespace florin
