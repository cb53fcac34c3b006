// What authorizing means whoever carries it: approved, declined with a reason, waiting for the payer, and
// never twice under one key.
#include "tests/conformance/stage.hpp"

namespace florin::conformance {
namespace {

class Authorizing : public Conformance {};
FLORIN_CONFORMANCE(Authorizing);

TEST(ConformanceSuite, CoversEveryProviderThatHasASandbox) {
  const auto names = providers_with_a_sandbox();
  ASSERT_FALSE(names.empty()) << "no provider under " << plugins_folder() << ": build them first";
  for (const std::string& name : names)
    EXPECT_TRUE(std::filesystem::exists(facts_file(name)))
        << name << " has a sandbox and no conformance.json";
}

TEST_P(Authorizing, AnApprovedSaleIsTakenOnceAndExactly) {
  const Approved approved = stage.approved(true);

  EXPECT_TRUE(approved.captured);
  EXPECT_FALSE(approved.reference.empty());
  EXPECT_FALSE(approved.capture_reference.empty());
  EXPECT_EQ(stage.count(Kind::kAuthorized, "att_1"), 1u);
  EXPECT_EQ(stage.count(Kind::kCaptured, "att_1"), 1u);
  EXPECT_EQ(stage.sum(Kind::kCaptured), stage.money(1200));
  EXPECT_TRUE(!approved.fee || *approved.fee < stage.money(1200));
}

TEST_P(Authorizing, EveryOtherFormOfInstrumentThatItTakesIsTakenOnceAndExactly) {
  for (const Json& fact : stage.facts.value("also_approved", Json::array())) {
    Stage own(GetParam());
    const auto result = own.authorize(own.sale(fact));

    ASSERT_TRUE(result && std::holds_alternative<Approved>(*result)) << fact;
    EXPECT_EQ(own.count(Kind::kCaptured, "att_1"), 1u);
    EXPECT_EQ(own.sum(Kind::kCaptured), own.money(1200));
    EXPECT_EQ(to_text(own.books.state()).find("5555555555554444"), std::string::npos);
  }
}

TEST_P(Authorizing, AManualAuthorizationHoldsAndTakesNothing) {
  if (!stage.can.manual_capture) GTEST_SKIP() << "it captures at once";
  const Approved approved = stage.approved(false);

  EXPECT_FALSE(approved.captured);
  EXPECT_EQ(stage.count(Kind::kAuthorized, "att_1"), 1u);
  EXPECT_EQ(stage.count(Kind::kCaptured), 0u);
}

TEST_P(Authorizing, EveryDeclineHasItsReasonAndTheProvidersOwnCode) {
  int number = 0;
  for (const Json& fact : stage.facts.at("declines")) {
    const auto result = stage.authorize(stage.sale(fact, true, "att_declined_" + std::to_string(++number)));

    ASSERT_TRUE(result) << fact << ": " << result.error().message;
    const auto* declined = std::get_if<Declined>(&*result);
    ASSERT_NE(declined, nullptr) << fact;
    EXPECT_EQ(to_text(declined->reason), text_at(fact, "reason")) << fact;
    EXPECT_EQ(declined->provider_code, text_at(fact, "code"));
  }
  EXPECT_TRUE(stage.books.entries().empty());
}

class TokensOnly : public Conformance {
 protected:
  void SetUp() override {
    const auto& forms = stage.can.card_input;
    const bool takes_numbers = std::find(forms.begin(), forms.end(), CardInput::kPan) != forms.end();
    if (takes_numbers) GTEST_SKIP() << "it takes numbers";
  }
  const std::string number = "4242424242424242";
};
FLORIN_CONFORMANCE(TokensOnly);

TEST_P(TokensOnly, ACardNumberNeverLeavesForTheProvider) {
  for (const PaymentMethod& method : {test_support::card(number), test_support::provider_token(number)}) {
    AuthorizeRequest request = stage.sale(stage.facts.at("approved"));
    request.method = method;

    const auto result = stage.authorize(request);

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Error::Kind::kInvalid);
    EXPECT_EQ(result.error().param, "payment_method");
    EXPECT_TRUE(stage.http.exchanges.empty());
  }
}

TEST_P(TokensOnly, TheFarSideRefusesACardNumberInTheTokensPlace) {
  const std::string token = text_at(stage.facts.at("approved"), "token");
  Stage elsewhere(GetParam());
  elsewhere.approved(true);
  HttpRequest request = elsewhere.http.exchanges.back().request;
  const auto at = request.body.find(token);
  ASSERT_NE(at, std::string::npos) << "the last exchange is the one that charges";
  request.body.replace(at, token.size(), number);

  const HttpResponse answer = stage.http.deliver(request);

  EXPECT_TRUE(answer.status >= 400 && answer.status < 500) << answer.status;
  EXPECT_TRUE(stage.books.entries().empty());
}

TEST_P(Authorizing, TheSameKeyTwiceIsOnePayment) {
  const AuthorizeRequest request = stage.sale(stage.facts.at("approved"));
  const auto first = stage.authorize(request);
  const auto second = stage.authorize(request);

  ASSERT_TRUE(first && second);
  EXPECT_EQ(std::get<Approved>(*first).reference, std::get<Approved>(*second).reference);
  EXPECT_EQ(stage.count(Kind::kCaptured), 1u);
}

TEST_P(Authorizing, APayerWhoApprovesHasPaidOnce) {
  for (const Json& fact : stage.facts.at("actions")) {
    Stage own(GetParam());
    const AuthorizeRequest request = own.sale(fact);
    const auto asked = own.authorize(request);
    ASSERT_TRUE(asked && std::holds_alternative<RequiresAction>(*asked)) << fact;
    const auto& action = std::get<RequiresAction>(*asked);
    EXPECT_TRUE(own.books.entries().empty()) << "nothing is taken before the payer has agreed";
    EXPECT_EQ(own.visit(action).status, 200);
    const ResumeRequest resume{"att_1", "pay_1", action.reference, request.amount, true, own.now};
    const auto early = own.provider->resume(resume, own.http).run();
    ASSERT_TRUE(early && std::holds_alternative<RequiresAction>(*early)) << fact;

    const HttpResponse back = own.visit(action, "approve");
    const auto result = own.provider->resume(resume, own.http).run();
    const auto again = own.provider->resume(resume, own.http).run();

    EXPECT_EQ(back.status, 303);
    EXPECT_EQ(back.headers.at("Location").rfind("https://shop.example/back?", 0), 0u);
    ASSERT_TRUE(result && std::holds_alternative<Approved>(*result)) << fact;
    ASSERT_TRUE(again && std::holds_alternative<Approved>(*again)) << fact;
    EXPECT_EQ(own.count(Kind::kCaptured, "att_1"), 1u);
  }
}

TEST_P(Authorizing, APayerWhoCancelsHasPaidNothing) {
  for (const Json& fact : stage.facts.at("actions")) {
    Stage own(GetParam());
    const AuthorizeRequest request = own.sale(fact);
    const auto action = std::get<RequiresAction>(*own.authorize(request));

    EXPECT_EQ(own.visit(action, "cancel").status, 303);
    const auto result =
        own.provider->resume({"att_1", "pay_1", action.reference, request.amount, true, own.now}, own.http)
            .run();

    ASSERT_TRUE(result);
    EXPECT_FALSE(std::holds_alternative<Approved>(*result));
    EXPECT_TRUE(own.books.entries().empty());
  }
}

TEST_P(Authorizing, APaymentThatWaitsForItsPayerCanBeVoided) {
  if (!stage.can.voids) GTEST_SKIP() << "it has no void";
  for (const Json& fact : stage.facts.at("actions")) {
    Stage own(GetParam());
    const auto action = std::get<RequiresAction>(*own.authorize(own.sale(fact)));

    const auto result = own.provider->void_payment(own.void_of(action.reference), own.http).run();

    ASSERT_TRUE(result) << result.error().message;
    EXPECT_TRUE(std::holds_alternative<Accepted>(*result)) << fact;
    EXPECT_TRUE(own.books.entries().empty());
  }
}

TEST_P(Authorizing, WrongCredentialsAreAnErrorAndShowInHealth) {
  EXPECT_TRUE(stage.provider->health(stage.now, stage.http).run());
  Json wrong = stage.facts;
  for (const auto& name : wrong.at("secrets")) wrong["settings"][name.get<std::string>()] = "sk_test_wrong";
  const std::unique_ptr<Provider> stranger(load("providers", GetParam()).make_provider(settings_from(wrong)));

  const auto result = stranger->authorize(stage.sale(stage.facts.at("approved")), stage.http).run();
  const auto health = stranger->health(stage.now, stage.http).run();

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Error::Kind::kDenied);
  ASSERT_FALSE(health);
  EXPECT_EQ(health.error().kind, Error::Kind::kDenied);
}

TEST_P(Authorizing, TheFarSideKeepsNoCardNumberAndNoSecret) {
  stage.approved(true);
  for (const Json& fact : stage.facts.at("actions")) (void)stage.authorize(stage.sale(fact, true, "att_2"));

  const std::string state = to_text(stage.books.state());
  std::vector<Json> played = stage.facts.at("actions");
  played.push_back(stage.facts.at("approved"));
  for (const Json& fact : played) {
    const std::string number = text_at(fact, "card");
    EXPECT_TRUE(number.empty() || state.find(number) == std::string::npos) << fact;
  }
  for (const auto& name : stage.facts.at("secrets"))
    EXPECT_EQ(state.find(stage.settings.secret(name.get<std::string>()).expose()), std::string::npos) << name;
}

}  // namespace
}  // namespace florin::conformance
