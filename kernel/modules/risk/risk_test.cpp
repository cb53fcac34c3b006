// What the risk decision is when a part of it fails: a rule, the policy, or both. Everything here is the
// pure part; counting is in series_test.cpp.
#include "kernel/modules/risk/risk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace florin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Saying final : public FraudRule {
 public:
  explicit Saying(Result<Signal> word) : word_(std::move(word)) {}
  Result<Signal> score(const RiskInput&) const override { return word_; }

 private:
  Result<Signal> word_;
};

const Result<Signal> kQuiet = Signal{0, {}};
const Result<Signal> kFailing = Error{Error::Kind::kBroken, "fraud rule acme threw int in score", "", ""};

constexpr std::string_view kByHighestScore = R"(
return function(payment, signals)
  local score = 0
  for _, signal in ipairs(signals) do score = math.max(score, signal.score) end
  return { decision = score >= 80 and "block" or "allow", reasons = { #signals .. " signals" } }
end)";

class RiskTest : public ::testing::Test {
 protected:
  RiskDecision decide(const std::vector<Result<Signal>>& words, const std::string& otherwise,
                      std::string_view policy = kByHighestScore) {
    MerchantConfig config;
    config.risk_otherwise = otherwise;
    Merchant merchant;
    merchant.id = "shop";
    merchant.config = &config;
    if (!policy.empty()) merchant.risk = *compile_policy("risk/under_test", policy);
    Features features;
    for (const Result<Signal>& word : words) {
      merchant.fraud.push_back({"rule" + std::to_string(merchant.fraud.size()), std::make_shared<Saying>(word), {}, {}});
      features.windows.emplace_back();
      features.histories.emplace_back();
    }
    RiskQuestion question{"pay_1", Money(1200, Currency::of("EUR")), "card"};
    question.payment = [](PolicyWriter& writer) {
      writer.map(0);
      writer.end();
    };
    return decide_risk(merchant, question, features);
  }
};

TEST_F(RiskTest, FailedRuleMakesOtherwiseTheLeastThatHolds) {
  EXPECT_EQ(decide({kQuiet, kFailing}, "review").verdict, RiskVerdict::kReview);
  EXPECT_EQ(decide({kQuiet, kFailing}, "block").verdict, RiskVerdict::kBlock);
}

TEST_F(RiskTest, FailedRuleStopsNoPaymentWhereOtherwiseAllowsIt) {
  EXPECT_EQ(decide({kQuiet, kFailing}, "allow").verdict, RiskVerdict::kAllow);
}

TEST_F(RiskTest, FailedRuleNeverLetsThroughWhatThePolicyRefuses) {
  const RiskDecision decision = decide({Signal{90, {"too many"}}, kFailing}, "allow");

  EXPECT_EQ(decision.verdict, RiskVerdict::kBlock) << "the other rules are still heard";
  EXPECT_EQ(decision.score, 90);
}

TEST_F(RiskTest, FailureIsInTheDecisionWithItsReason) {
  const RiskDecision decision = decide({kQuiet, kFailing}, "review");

  EXPECT_THAT(decision.reasons, ElementsAre("2 signals", HasSubstr("fraud rule acme threw int in score")));
  const Json record = Json::parse(decision.record);
  EXPECT_FALSE(record["signals"][0].contains("failed"));
  EXPECT_EQ(record["signals"][1]["failed"], "fraud rule acme threw int in score");
  EXPECT_EQ(record["decision"], "review");
}

TEST_F(RiskTest, PolicySeesWhichRuleFailed) {
  constexpr std::string_view kLooking = R"(
return function(payment, signals)
  return { decision = "allow", reasons = { signals[1].failed or "none failed" } }
end)";
  EXPECT_EQ(decide({kFailing}, "allow", kLooking).reasons.at(0), "fraud rule acme threw int in score");
  EXPECT_EQ(decide({kQuiet}, "allow", kLooking).reasons.at(0), "none failed");
}

TEST_F(RiskTest, FailedPolicyIsAnsweredByOtherwise) {
  const RiskDecision decision = decide({kQuiet}, "challenge", "return function() error('no') end");

  EXPECT_EQ(decision.verdict, RiskVerdict::kChallenge);
  EXPECT_THAT(decision.reasons.at(0), HasSubstr("the policy failed"));
}

TEST_F(RiskTest, WithoutAPolicyARuleDecidesNothingAndNeitherDoesItsFailure) {
  const RiskDecision decision = decide({kFailing}, "block", "");

  EXPECT_EQ(decision.verdict, RiskVerdict::kAllow);
  EXPECT_EQ(Json::parse(decision.record)["signals"][0]["failed"], "fraud rule acme threw int in score");
}

}  // namespace
}  // namespace florin
