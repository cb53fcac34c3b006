// The risk decision: features are counted, fraud rules give signals, the merchant's risk policy decides,
// and all of it is kept so that it can be explained and replayed.
#pragma once

#include <string>
#include <vector>

#include <florin/json.hpp>
#include <florin/result.hpp>
#include <florin/task.hpp>

#include "kernel/modules/decisions/decision.hpp"
#include "kernel/modules/merchants/directory.hpp"
#include "kernel/modules/risk/counters.hpp"
#include "kernel/platform/lua/policy.hpp"

namespace florin {

// Ever stricter: of two verdicts the greater is the safer.
enum class RiskVerdict { kAllow, kChallenge, kReview, kBlock };
std::string_view to_text(RiskVerdict verdict);
std::optional<RiskVerdict> risk_verdict_from(std::string_view text);

struct RiskQuestion {
  std::string payment_id;
  Money amount;
  std::string method_type;
  std::string card_country, billing_country, ip_country;
  TrySubject subject;
  PolicyArgument payment;  // As policies see it (scripts/README.md).
  Instant now;
};

struct RiskDecision {
  RiskVerdict verdict = RiskVerdict::kAllow;
  int score = 0;
  std::vector<std::string> reasons;
  std::string record;  // {"decision","score","reasons","signals":[...],"policy":{...}}: stored with the try.
  Reservation reservation;
};

struct RiskAnswer {
  RiskVerdict verdict = RiskVerdict::kReview;
  int score = 0;
  std::vector<std::string> reasons;
};
// What a policy returned, or why it is no answer.
Result<RiskAnswer> read_risk_answer(const Json& value);

// The pure part: rules and policy over features that have been counted. Used live and by replay.
RiskDecision decide_risk(const Merchant& merchant, const RiskQuestion& question, const Features& features);

class Risk {
 public:
  explicit Risk(RiskCounters& counters) : counters_(counters) {}
  // The decision holds a reservation: settle it when the try's outcome is durable. `question` outlives the Task.
  Task<Result<RiskDecision>> assess(std::shared_ptr<const Merchant> merchant, const RiskQuestion& question);
  RiskCounters& counters() { return counters_; }

 private:
  RiskCounters& counters_;
};

}  // namespace florin
