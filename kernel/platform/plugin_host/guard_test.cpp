// What a plugin's exceptions and nonsense become, and that another operation never notices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/platform/plugin_host/watched.hpp"
#include "tests/support/provider_requests.hpp"

namespace {
using namespace florin;
using ::testing::HasSubstr;
using ::testing::Not;

// Answers every request with the same words.
class OneAnswer final : public Http {
 public:
  explicit OneAnswer(Result<HttpResponse> answer) : answer_(std::move(answer)) {}
  Task<Result<HttpResponse>> send(const HttpRequest&) override { co_return answer_; }

 private:
  Result<HttpResponse> answer_;
};
OneAnswer saying(const std::string& words) { return OneAnswer(HttpResponse{200, {}, words}); }

class GuardTest : public ::testing::Test {
 protected:
  GuardTest()
      : host_(PluginHost::open(
            {.folder = FLORIN_BINARY_DIR "/fixtures/by_kind", .state_file = "", .sandboxes = true})) {}

  std::shared_ptr<Provider> provider() { return *host_->make_provider("misbehaving", Settings()); }
  AuthorizeResult authorize(const std::string& before, Http& http) {
    AuthorizeRequest request = test_support::sale(test_support::card("4242424242424242"), amount_);
    request.description = before;
    return provider()->authorize(request, http).run();
  }
  std::int64_t exceptions(const std::string& name) const {
    for (const auto& status : host_->statuses())
      if (status.name == name) return status.exceptions;
    return -1;
  }

  const Money amount_{1200, Currency::of("EUR")};
  const std::unique_ptr<PluginHost> host_;
};

TEST_F(GuardTest, ExceptionBeforeAnythingLeftIsAnErrorAndIsCounted) {
  OneAnswer http = saying("ok");
  for (const char* how : {"throw int", "throw own", "throw exception"}) {
    const auto answer = authorize(how, http);
    ASSERT_FALSE(answer) << how;
    EXPECT_EQ(answer.error().kind, Error::Kind::kBroken);
    EXPECT_THAT(answer.error().message, HasSubstr("misbehaving"));
    EXPECT_THAT(answer.error().message, Not(HasSubstr("4242"))) << "its text may quote a card";
  }
  EXPECT_EQ(exceptions("misbehaving"), 3);
}

TEST_F(GuardTest, ExceptionAfterARequestLeftIsInDoubt) {
  OneAnswer http = saying("throw int");

  const auto answer = authorize("", http);

  ASSERT_TRUE(answer) << "an Error would let the kernel charge the card again elsewhere";
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*answer));
}

TEST_F(GuardTest, TimeOutThatThePluginPassesOnAsAnErrorIsInDoubt) {
  OneAnswer timed_out(Error{Error::Kind::kTimedOut, "no answer", "", ""});
  OneAnswer unreachable(Error{Error::Kind::kUnreachable, "refused", "", ""});

  const auto silent = authorize("", timed_out);
  const auto absent = authorize("", unreachable);

  ASSERT_TRUE(silent);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*silent));
  ASSERT_FALSE(absent) << "nothing left us, so the plugin's Error is true";
}

TEST_F(GuardTest, FailedOperationLeavesTheOthersUnharmed) {
  OneAnswer http = saying("ok");
  EXPECT_FALSE(authorize("throw int", http));

  const auto answer = authorize("", http);

  EXPECT_EQ(std::get<Approved>(*answer).reference, "ref");
}

TEST_F(GuardTest, OperationThatAsksForEverIsLeftBehindInDoubt) {
  OneAnswer http = saying("ok");

  const auto answer = authorize("ask for ever", http);

  ASSERT_TRUE(answer);
  EXPECT_THAT(std::get<InDoubt>(*answer).why, HasSubstr("never came to an end"));
  EXPECT_EQ(exceptions("misbehaving"), 1);
}

TEST_F(GuardTest, OperationThatWaitsForNothingIsLeftBehindAfterTheStepLimit) {
  ThreadExecutor executor(1);
  const auto watched = open_watched_plugins({.folder = FLORIN_BINARY_DIR "/fixtures/by_kind",
                                             .state_file = "",
                                             .sandboxes = false,
                                             .step_limit = std::chrono::milliseconds(50)},
                                            executor);
  const auto provider = *watched->make_provider("misbehaving", Settings());
  AuthorizeRequest request = test_support::sale(test_support::card("4242424242424242"), amount_);
  OneAnswer http = saying("ok");

  request.description = "wait for ever";
  const auto before = provider->authorize(request, http).run();
  request.description = "after wait for ever";
  const auto after = provider->authorize(request, http).run();

  ASSERT_FALSE(before) << "nothing had left, and nothing will";
  EXPECT_THAT(before.error().message, HasSubstr("never came to an end"));
  ASSERT_TRUE(after);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*after));
}

TEST_F(GuardTest, YesWithoutAReferenceIsInDoubt) {
  OneAnswer http = saying("no reference");
  const auto answer = authorize("", http);
  ASSERT_TRUE(std::holds_alternative<InDoubt>(*answer));
  EXPECT_THAT(std::get<InDoubt>(*answer).why, HasSubstr("reference"));
}

TEST_F(GuardTest, PayerIsSentToWebAddressesOnly) {
  OneAnswer http = saying("bad address");
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*authorize("", http)));
}

TEST_F(GuardTest, DeclineIsMendedToWhatEventsCanHold) {
  OneAnswer http = saying("bad text");
  const auto answer = authorize("", http);
  const auto& declined = std::get<Declined>(*answer);
  EXPECT_EQ(declined.reason, DeclineReason::kOther);
  EXPECT_EQ(declined.provider_code.size(), 100U);
  EXPECT_EQ(declined.message, "caf?") << "no UTF-8, so no JSON";
}

TEST_F(GuardTest, OperationThatThrowsBeforeItIsACoroutineIsAnErrorToo) {
  OneAnswer http = saying("ok");
  const LookupRequest request = test_support::question(LookupRequest::Of::kAuthorize, amount_);
  const auto answer = provider()->lookup(request, http).run();
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("std::logic_error in lookup"));
}

TEST_F(GuardTest, SettingsThatMakeNoSenseAreShownAsThePluginSaysIt) {
  const auto refused = host_->make_provider("misbehaving", Settings(Json{{"how", "refuse"}}, {}));
  const auto threw = host_->make_provider("misbehaving", Settings(Json{{"how", "throw int"}}, {}));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Error::Kind::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("makes no sense"));
  ASSERT_FALSE(threw);
  EXPECT_EQ(threw.error().kind, Error::Kind::kBroken);
}

TEST_F(GuardTest, UnknownPluginIsNotFound) {
  EXPECT_EQ(host_->make_provider("nobody", Settings()).error().kind, Error::Kind::kNotFound);
}

TEST_F(GuardTest, FraudRuleThatThrowsGivesNoSignalAndSaysWhy) {
  const auto throwing = *host_->make_fraud_rule("throwing", Settings());
  const RiskInput input{"pay_1", amount_, "card", "", "", "", {}, {}, Instant()};

  const Result<Signal> signal = throwing->score(input);

  ASSERT_FALSE(signal);
  EXPECT_THAT(signal.error().message, HasSubstr("throwing threw int in score"));
}

TEST_F(GuardTest, FraudRuleWhoseQuestionsAreNotKnownIsNeverAsked) {
  const auto rule = *host_->make_fraud_rule("throwing", Settings(Json{{"score", 5}, {"windows_throw", true}}, {}));
  const RiskInput input{"pay_1", amount_, "card", "", "", "", {}, {}, Instant()};

  EXPECT_TRUE(rule->windows().empty());
  const Result<Signal> signal = rule->score(input);
  ASSERT_FALSE(signal) << "it would be scored over windows that it has not asked for";
  EXPECT_THAT(signal.error().message, HasSubstr("throwing threw int in windows"));
}

TEST_F(GuardTest, FraudRulesScoresAndWindowsAreHeldInTheirBounds) {
  const auto wild = *host_->make_fraud_rule("throwing", Settings(Json{{"score", 7000}}, {}));
  const RiskInput input{"pay_1", amount_, "card", "", "", "", {}, {}, Instant()};

  EXPECT_EQ(wild->score(input)->score, 100);
  EXPECT_EQ(wild->windows().at(0).within, Duration(std::chrono::days(31)));
}

TEST_F(GuardTest, SandboxThatThrowsAnswers500) {
  const auto sandbox = *host_->make_sandbox("crashing_start");
  const HttpRequest request;
  const std::vector<SandboxAccount> accounts;
  Books books;
  const SandboxCall call{request, accounts, "http://localhost", Instant()};

  EXPECT_EQ(sandbox->handle(call, books).response.status, 500);
}
}  // namespace
