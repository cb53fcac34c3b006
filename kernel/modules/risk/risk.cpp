// Signals and the policy's word. A policy that fails is answered by the merchant's declared safe result
// (law 9), and that result is the least that happens when a rule fails: its silence is no good word.
#include "kernel/modules/risk/risk.hpp"

#include <algorithm>
#include <array>

#include "kernel/modules/api/json_text.hpp"
#include "kernel/modules/merchants/policy_view.hpp"

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

namespace {

struct RuleSignal {
  std::string_view rule;
  Signal signal;       // Silent when the rule failed.
  std::string failed;  // Why it could not judge; "": it did.
};

RuleSignal ask_rule(const MerchantFraudRule& rule, const RiskInput& input) {
  Result<Signal> said = rule.rule->score(input);
  if (!said) return {rule.name, {}, said.error().message};
  return {rule.name, std::move(*said), ""};
}

void write_signals(PolicyWriter& writer, const std::vector<RuleSignal>& signals) {
  writer.list(static_cast<int>(signals.size()));
  for (const RuleSignal& said : signals) {
    writer.map(said.failed.empty() ? 3 : 4);
    writer.text("rule", said.rule);
    writer.integer("score", said.signal.score);
    writer.list("reasons", static_cast<int>(said.signal.reasons.size()));
    for (const std::string& reason : said.signal.reasons) writer.text(reason);
    writer.end();
    if (!said.failed.empty()) writer.text("failed", said.failed);
    writer.end();
  }
  writer.end();
}

// What a rule was given and said, for the record.
std::string signal_text(const MerchantFraudRule& rule, const RiskInput& input, const RuleSignal& said) {
  JsonText record;
  record.text("rule", said.rule).integer("score", said.signal.score).texts("reasons", said.signal.reasons);
  if (!said.failed.empty()) record.text("failed", said.failed);
  record.list("windows");
  for (std::size_t i = 0; i < input.windows.size(); ++i) {
    if (!input.windows[i].known) continue;
    record.object()
        .text("by", to_text(rule.windows[i].by))
        .integer("seconds", std::chrono::duration_cast<std::chrono::seconds>(rule.windows[i].within).count())
        .integer("count", input.windows[i].count)
        .integer("declined", input.windows[i].declined)
        .integer("sum_minor", input.windows[i].sum_minor)
        .end_object();
  }
  record.end_list().list("histories");
  for (std::size_t i = 0; i < input.histories.size(); ++i)
    record.object()
        .text("of", to_text(rule.histories[i].of))
        .integer("count", input.histories[i].count)
        .integer("median_minor", input.histories[i].median_minor)
        .integer("mad_minor", input.histories[i].mad_minor)
        .integer("max_minor", input.histories[i].max_minor)
        .end_object();
  return record.end_list().finish();
}

// The policy's part of the decision; its record.
std::string ask_policy(const Merchant& merchant, const RiskQuestion& question, const std::vector<RuleSignal>& signals,
                       RiskDecision& decision) {
  const PolicyArgument given = [&signals](PolicyWriter& writer) { write_signals(writer, signals); };
  const PolicyArgument about = [&merchant](PolicyWriter& writer) {
    writer.map(4);
    write_policy_merchant(writer, merchant);
    writer.end();
  };
  const PolicyResult result = merchant.risk->run({question.payment, given, about});
  Result<RiskAnswer> answer = result.ok ? read_risk_answer(result.value)
                                        : Error{Error::Kind::kBroken, result.why, "", ""};
  const RiskVerdict otherwise = risk_verdict_from(merchant.config->risk_otherwise).value_or(RiskVerdict::kReview);
  JsonText record;
  record.text("name", merchant.risk->name()).text("version", merchant.risk->version());
  record.integer("instructions", result.instructions);
  if (answer) {
    decision.verdict = answer->verdict;
    decision.score = std::max(decision.score, answer->score);
    decision.reasons = std::move(answer->reasons);
  } else {
    decision.verdict = otherwise;
    decision.reasons = {"the policy failed, so `otherwise` holds: " + answer.error().message};
    record.text("failed", answer.error().message);
  }
  for (const RuleSignal& said : signals) {
    if (said.failed.empty()) continue;
    decision.reasons.push_back("a fraud rule failed, so `otherwise` is the least that holds: " + said.failed);
    decision.verdict = std::max(decision.verdict, otherwise);
  }
  return record.finish();
}

}  // namespace

RiskDecision decide_risk(const Merchant& merchant, const RiskQuestion& question, const Features& features) {
  RiskDecision decision{RiskVerdict::kAllow, 0, {}, {}, {question.amount, {}}};
  std::vector<RuleSignal> signals;
  JsonTextList kept;
  RiskInput input{question.payment_id, question.amount, question.method_type, question.card_country,
                  question.billing_country, question.ip_country, {}, {}, question.now};
  for (std::size_t i = 0; i < merchant.fraud.size(); ++i) {
    input.windows = features.windows[i];
    input.histories = features.histories[i];
    signals.push_back(ask_rule(merchant.fraud[i], input));
    decision.score = std::max(decision.score, signals.back().signal.score);
    kept.add(signal_text(merchant.fraud[i], input, signals.back()));
  }
  const std::string policy = merchant.risk ? ask_policy(merchant, question, signals, decision) : "{}";
  decision.record = JsonText()
                        .text("decision", to_text(decision.verdict))
                        .integer("score", decision.score)
                        .texts("reasons", decision.reasons)
                        .raw("signals", kept.finish())
                        .raw("policy", policy)
                        .finish();
  return decision;
}

Task<Result<RiskDecision>> Risk::assess(std::shared_ptr<const Merchant> merchant, const RiskQuestion& question) {
  Task<Result<RiskCounters::Reserved>> reserving =
      counters_.reserve(merchant, question.subject, question.amount, question.now);
  Result<RiskCounters::Reserved> reserved = co_await reserving;
  if (!reserved) co_return reserved.error();
  RiskDecision decision = decide_risk(*merchant, question, reserved->features);
  decision.reservation = std::move(reserved->reservation);
  co_return std::move(decision);
}

}  // namespace florin
