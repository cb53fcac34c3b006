// Signals and the policy's word. A policy that fails is answered by the merchant's declared safe result
// (law 9); a rule that throws is silent and says so in the record.
#include "kernel/modules/risk/risk.hpp"

#include <algorithm>
#include <array>

namespace florin {

std::string_view to_text(RiskVerdict verdict) {
  static constexpr std::array<std::string_view, 4> kNames = {"allow", "challenge", "review", "block"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::optional<RiskVerdict> risk_verdict_from(std::string_view text) {
  for (const RiskVerdict verdict : {RiskVerdict::kAllow, RiskVerdict::kChallenge, RiskVerdict::kReview, RiskVerdict::kBlock})
    if (to_text(verdict) == text) return verdict;
  return std::nullopt;
}

Result<RiskAnswer> read_risk_answer(const Json& value) {
  const auto no = [](std::string why) { return Error{Error::Kind::kInvalid, std::move(why), "invalid_policy_answer", ""}; };
  if (!value.is_object()) return no("the risk policy returned no table");
  const auto verdict = risk_verdict_from(text_at(value, "decision"));
  if (!verdict) return no("the risk policy's decision is none of allow, challenge, review, block");
  RiskAnswer answer;
  answer.verdict = *verdict;
  if (const Json* score = find(value, "score")) {
    if (!score->is_number_integer()) return no("the risk policy's score is no whole number");
    answer.score = static_cast<int>(std::clamp<std::int64_t>(score->get<std::int64_t>(), 0, 1'000));
  }
  if (const Json* reasons = find(value, "reasons"); reasons && !reasons->empty()) {
    if (!reasons->is_array()) return no("the risk policy's reasons are no list");
    for (const Json& reason : *reasons) {
      if (!reason.is_string()) return no("one of the risk policy's reasons is no text");
      answer.reasons.push_back(reason.get<std::string>().substr(0, 500));
      if (answer.reasons.size() == 20) break;
    }
  }
  return answer;
}

Json policy_merchant(const Merchant& merchant) {
  return Json{{"id", merchant.id},
              {"country", merchant.config->country},
              {"currency", std::string(merchant.config->currency.code())},
              {"values", merchant.config->policy_values}};
}

namespace {

Json windows_json(const MerchantFraudRule& rule, const std::vector<WindowCount>& windows) {
  Json list = Json::array();
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (!windows[i].known) continue;
    list.push_back({{"by", to_text(rule.windows[i].by)},
                    {"seconds", std::chrono::duration_cast<std::chrono::seconds>(rule.windows[i].within).count()},
                    {"count", windows[i].count},
                    {"declined", windows[i].declined},
                    {"sum_minor", windows[i].sum_minor}});
  }
  return list;
}

Json histories_json(const MerchantFraudRule& rule, const std::vector<HistoryStats>& histories) {
  Json list = Json::array();
  for (std::size_t i = 0; i < histories.size(); ++i)
    list.push_back({{"of", to_text(rule.histories[i].of)},
                    {"count", histories[i].count},
                    {"median_minor", histories[i].median_minor},
                    {"mad_minor", histories[i].mad_minor},
                    {"max_minor", histories[i].max_minor}});
  return list;
}

struct RuleSignal {
  Json policy;  // What the policy is given.
  Json record;  // ... and with the features, what is kept.
};

RuleSignal ask_rule(const MerchantFraudRule& rule, RiskInput& input) {
  Signal signal;
  std::string failed;
  try {
    signal = rule.rule->score(input);
  } catch (const std::exception& e) {
    failed = std::string("the rule failed: ") + e.what();
  } catch (...) {
    failed = "the rule failed with an exception that is no std::exception";
  }
  signal.score = std::clamp(signal.score, 0, 100);
  if (!failed.empty()) signal.reasons = {failed};
  Json given{{"rule", rule.name}, {"score", signal.score}, {"reasons", signal.reasons}};
  Json record = given;
  record["windows"] = windows_json(rule, input.windows);
  record["histories"] = histories_json(rule, input.histories);
  return {std::move(given), std::move(record)};
}

}  // namespace

RiskDecision decide_risk(const Merchant& merchant, const RiskQuestion& question, const Features& features) {
  RiskDecision decision{RiskVerdict::kAllow, 0, {}, Json::object(), {question.amount, {}}};
  Json given = Json::array(), kept = Json::array();
  RiskInput input{question.payment_id, question.amount, question.method_type, question.card_country,
                  question.billing_country, question.ip_country, {}, {}, question.now};
  for (std::size_t i = 0; i < merchant.fraud.size(); ++i) {
    input.windows = features.windows[i];
    input.histories = features.histories[i];
    RuleSignal signal = ask_rule(merchant.fraud[i], input);
    decision.score = std::max(decision.score, signal.policy["score"].get<int>());
    given.push_back(std::move(signal.policy));
    kept.push_back(std::move(signal.record));
  }
  Json policy = Json::object();
  if (merchant.risk) {
    const PolicyResult result = merchant.risk->run({question.payment, given, policy_merchant(merchant)});
    Result<RiskAnswer> answer = result.ok ? read_risk_answer(result.value)
                                          : Error{Error::Kind::kBroken, result.why, "", ""};
    policy = {{"name", merchant.risk->name()}, {"version", merchant.risk->version()},
              {"instructions", result.instructions}};
    if (answer) {
      decision.verdict = answer->verdict;
      decision.score = std::max(decision.score, answer->score);
      decision.reasons = answer->reasons;
    } else {
      decision.verdict = risk_verdict_from(merchant.config->risk_otherwise).value_or(RiskVerdict::kReview);
      decision.reasons = {"the policy failed, so `otherwise` holds: " + answer.error().message};
      policy["failed"] = answer.error().message;
    }
  }
  decision.record = {{"decision", to_text(decision.verdict)},
                     {"score", decision.score},
                     {"reasons", decision.reasons},
                     {"signals", std::move(kept)},
                     {"policy", std::move(policy)}};
  return decision;
}

Task<Result<RiskDecision>> Risk::assess(std::shared_ptr<const Merchant> merchant, RiskQuestion question) {
  Task<Result<RiskCounters::Reserved>> reserving =
      counters_.reserve(merchant, question.subject, question.amount, question.now);
  Result<RiskCounters::Reserved> reserved = co_await reserving;
  if (!reserved) co_return reserved.error();
  RiskDecision decision = decide_risk(*merchant, question, reserved->features);
  decision.reservation = std::move(reserved->reservation);
  co_return std::move(decision);
}

}  // namespace florin
