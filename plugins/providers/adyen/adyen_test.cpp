// What is special to paying and refunding at Adyen: nothing can be read back, so that asking again under a
// key is the look-up, and a refund is only ever "received". What every provider must do is in
// tests/conformance; answers here are recordings.
#include <gtest/gtest.h>

#include "tests/support/provider_requests.hpp"
#include "tests/support/recording.hpp"
#include "tests/support/scripted_http.hpp"

#include "provider.hpp"

namespace florin::adyen {
namespace {

using test_support::header;
using test_support::recorded;
using test_support::ScriptedHttp;

const Currency kEuro = Currency::of("EUR");
constexpr Instant kNow(std::chrono::seconds(1'700'000'000));

AdyenProvider provider() {
  return AdyenProvider(Settings({{"merchant_account", "TestMerchant"}}, {{"api_key", Secret("AQE-test")}}));
}

AuthorizeRequest twelve_euros() {
  AuthorizeRequest request = test_support::sale(test_support::card("4111111111111111"), Money(1200, kEuro));
  request.return_url = "https://shop.example/back";
  request.now = kNow;
  return request;
}

AuthorizeResult pay_with(int status, const std::string& body) {
  ScriptedHttp http;
  http.answers(status, body);
  return provider().authorize(twelve_euros(), http).run();
}

std::string with(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

// ---- Paying

TEST(AdyenPay, IsOneRequestUnderTheAttemptsKeyAndTakenAtOnce) {
  ScriptedHttp http;
  http.answers(200, recorded("adyen", "authorised"));

  const auto result = provider().authorize(twelve_euros(), http).run();

  ASSERT_TRUE(result);
  const auto& approved = std::get<Approved>(*result);
  EXPECT_TRUE(approved.captured);
  EXPECT_EQ(approved.reference, "GK9PRECORDED0001");
  EXPECT_EQ(approved.capture_reference, "GK9PRECORDED0001");
  EXPECT_EQ(approved.network_reference, "MCC1A2B3C0924");
  ASSERT_EQ(http.sent.size(), 1u);
  EXPECT_EQ(http.sent[0].path, "/v71/payments");
  EXPECT_EQ(header(http.sent[0], "Idempotency-Key"), "att_1");
  EXPECT_EQ(header(http.sent[0], "X-API-Key"), "AQE-test");
  const Json body = *parse_json(http.sent[0].body);
  EXPECT_EQ(text_at(body, "reference"), "att_1");
  EXPECT_EQ(text_at(body, "paymentMethod.expiryMonth"), "12");
  EXPECT_EQ(integer_at(body, "captureDelayHours"), 0);
}

TEST(AdyenPay, CarriesANetworkTokenWithItsCryptogram) {
  ScriptedHttp http;
  http.answers(200, recorded("adyen", "authorised"));
  AuthorizeRequest request = twelve_euros();
  request.method = test_support::network_token("5555555555554444");

  ASSERT_TRUE(provider().authorize(request, http).run());

  const Json body = *parse_json(http.sent[0].body);
  EXPECT_EQ(text_at(body, "paymentMethod.type"), "networkToken");
  EXPECT_EQ(text_at(body, "mpiData.tokenAuthenticationVerificationValue"), "AgAAAAAAAIR8CQrXcIhbQAAAAAA=");
  EXPECT_EQ(text_at(body, "mpiData.eci"), "05");
}

TEST(AdyenPay, WhatMayHaveBeenDoneIsInDoubt) {
  const std::string in_progress =
      R"({"status":422,"errorCode":"704","errorType":"validation","message":"in progress"})";
  for (const auto& [status, body] :
       {std::pair<int, std::string>{500, R"({"errorCode":"905","errorType":"configuration"})"},
        {503, ""},
        {200, "<html>"},
        {200, "{}"},
        {422, in_progress},
        {422, "{}"},
        {409, "{}"}}) {
    const auto result = pay_with(status, body);
    ASSERT_TRUE(result) << status << body
                        << ": an Error would let the kernel charge the card again elsewhere";
    EXPECT_TRUE(std::holds_alternative<InDoubt>(*result)) << status << body;
  }
  ScriptedHttp silent;
  silent.fails(Error::Kind::kTimedOut);
  const auto result = provider().authorize(twelve_euros(), silent).run();
  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*result));
}

TEST(AdyenPay, AnotherAmountAnotherReferenceAndAnotherYearsResultAreInDoubt) {
  const std::string answer = recorded("adyen", "authorised");
  for (const std::string& odd :
       {with(answer, "1200", "1300"), with(answer, "att_1", "att_2"),
        with(answer, "Authorised", "Teleported"), with(answer, "Authorised", "PartiallyAuthorised"),
        with(answer, "GK9PRECORDED0001", "")}) {
    const auto result = pay_with(200, odd);
    ASSERT_TRUE(result);
    EXPECT_TRUE(std::holds_alternative<InDoubt>(*result)) << odd;
  }
}

TEST(AdyenPay, ARefusalIsADeclineAndAnUnknownCodeInOneIsOther) {
  const std::string answer = recorded("adyen", "refused");
  const auto known = pay_with(200, answer), unknown = pay_with(200, with(answer, "\"12\"", "\"987\""));

  EXPECT_EQ(std::get<Declined>(*known).reason, DeclineReason::kInsufficientFunds);
  EXPECT_EQ(std::get<Declined>(*known).provider_code, "12");
  EXPECT_EQ(std::get<Declined>(*unknown).reason, DeclineReason::kOther);
}

TEST(AdyenPay, AnErrorOnTheWayIsADeclineOnlyUnderADocumentedCode) {
  const std::string error = with(recorded("adyen", "refused"), "Refused", "Error");
  const auto acquirers = pay_with(200, with(error, "\"12\"", "\"4\""));
  const auto unheard_of = pay_with(200, with(error, "\"12\"", "\"987\""));

  EXPECT_EQ(std::get<Declined>(*acquirers).reason, DeclineReason::kProviderError);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*unheard_of));
}

TEST(AdyenPay, NeverAsksForAuthenticationAndTakesAChallengeForADecline) {
  ScriptedHttp http;
  http.answers(200, recorded("adyen", "redirect"));

  const auto result = provider().authorize(twelve_euros(), http).run();

  EXPECT_EQ(text_at(*parse_json(http.sent[0].body), "authenticationData.attemptAuthentication"), "never");
  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<Declined>(*result).reason, DeclineReason::kAuthenticationRequired);
}

TEST(AdyenPay, WhatItCannotDoIsAnErrorBeforeAnythingIsSent) {
  ScriptedHttp http;
  AuthorizeRequest challenge = twelve_euros(), hold = twelve_euros(), token = twelve_euros(),
                   coin = twelve_euros();
  challenge.require_authentication = true;
  hold.capture = false;
  token.method = test_support::provider_token("tok_1");
  coin.amount = Money(1, Currency::of("BTC"));

  for (const AuthorizeRequest& request : {challenge, hold, token, coin})
    EXPECT_EQ(provider().authorize(request, http).run().error().kind, Error::Kind::kInvalid);
  EXPECT_TRUE(http.sent.empty());
}

TEST(AdyenPay, ACardThatIsRefusedBeforeAnybodyIsAskedIsADeclineAndOtherRefusalsAreErrors) {
  const std::string refusal = recorded("adyen", "invalid_card_number");
  const auto card = pay_with(422, refusal), shop = pay_with(422, with(refusal, "101", "130"));

  EXPECT_EQ(std::get<Declined>(*card).reason, DeclineReason::kCardNumberInvalid);
  EXPECT_EQ(shop.error().kind, Error::Kind::kInvalid);
}

// ---- Asking again

// Answers with headers, which recordings have none of.
class OneAnswer final : public Http {
 public:
  OneAnswer(int status, std::string body, Headers headers) {
    answer_.status = status;
    answer_.body = std::move(body);
    answer_.headers = std::move(headers);
  }
  Task<Result<HttpResponse>> send(const HttpRequest& request) override {
    sent = request;
    co_return answer_;
  }
  HttpRequest sent;

 private:
  HttpResponse answer_;
};

LookupRequest what_became_of(LookupRequest::Of of = LookupRequest::Of::kAuthorize) {
  LookupRequest request = test_support::question(of, Money(1200, kEuro));
  request.started = kNow;
  request.now = kNow + std::chrono::seconds(2);
  return request;
}

TEST(AdyenLookup, AsksUnderTheSameKeyForAPaymentThatCannotBeMade) {
  OneAnswer http(200, recorded("adyen", "authorised"), {{"idempotency-key", "att_1"}});

  const auto result = provider().lookup(what_became_of(), http).run();

  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<Approved>(*result).reference, "GK9PRECORDED0001");
  EXPECT_EQ(header(http.sent, "Idempotency-Key"), "att_1");
  const Json body = *parse_json(http.sent.body);
  EXPECT_EQ(find(body, "paymentMethod.number"), nullptr);
  EXPECT_EQ(text_at(body, "paymentMethod.storedPaymentMethodId"), "nothing-is-stored");
}

TEST(AdyenLookup, NothingIsFoundOnlyWhenAdyenRefusesTheQuestionUnderOurKey) {
  OneAnswer proof(422, recorded("adyen", "contract_not_found"), {{"Idempotency-Key", "att_1"}});
  OneAnswer no_key(422, recorded("adyen", "contract_not_found"), {});
  OneAnswer another_key(422, recorded("adyen", "contract_not_found"), {{"Idempotency-Key", "att_2"}});
  OneAnswer another_refusal(422, with(recorded("adyen", "contract_not_found"), "800", "702"),
                            {{"Idempotency-Key", "att_1"}});

  EXPECT_TRUE(std::holds_alternative<NotFound>(*provider().lookup(what_became_of(), proof).run()));
  EXPECT_FALSE(provider().lookup(what_became_of(), no_key).run()) << "could not ask: it stays in doubt";
  EXPECT_FALSE(provider().lookup(what_became_of(), another_key).run());
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*provider().lookup(what_became_of(), another_refusal).run()));
}

TEST(AdyenLookup, WhatTheFirstAnswerDeclinedIsDeclinedStill) {
  OneAnswer refused(200, recorded("adyen", "refused"), {{"Idempotency-Key", "att_1"}});
  OneAnswer card(422, recorded("adyen", "invalid_card_number"), {{"Idempotency-Key", "att_1"}});

  EXPECT_EQ(std::get<Declined>(*provider().lookup(what_became_of(), refused).run()).reason,
            DeclineReason::kInsufficientFunds);
  EXPECT_EQ(std::get<Declined>(*provider().lookup(what_became_of(), card).run()).reason,
            DeclineReason::kCardNumberInvalid);
}

TEST(AdyenLookup, NothingIsSentWhenTheKeyMayHaveBeenForgotten) {
  ScriptedHttp http;
  LookupRequest payment = what_became_of(), refund = what_became_of(LookupRequest::Of::kRefund);
  payment.now = refund.now = kNow + std::chrono::hours(7 * 24 - 1);

  EXPECT_TRUE(std::holds_alternative<InDoubt>(*provider().lookup(payment, http).run()));
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*provider().lookup_modification(refund, http).run()));
  EXPECT_TRUE(http.sent.empty());
}

// ---- Refunding

RefundRequest five_euros_back(const std::string& reason) {
  return {"ref_1", "pay_1", "GK9PRECORDED0001", "GK9PRECORDED0001", Money(500, kEuro), reason, kNow};
}

TEST(AdyenRefund, ThatIsReceivedIsPendingAndNotDone) {
  ScriptedHttp http;
  http.answers(201, recorded("adyen", "refund_received"));

  const auto result = provider().refund(five_euros_back(""), http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::get<Accepted>(*result).pending);
  EXPECT_EQ(std::get<Accepted>(*result).reference, "GK9PRECORDED0006");
  EXPECT_EQ(http.sent[0].path, "/v71/payments/GK9PRECORDED0001/refunds");
}

TEST(AdyenRefund, IsLookedUpByTheSameBytesUnderTheSameKey) {
  ScriptedHttp first, later;
  first.fails(Error::Kind::kTimedOut);
  later.answers(201, recorded("adyen", "refund_received"));
  LookupRequest question = test_support::question(LookupRequest::Of::kRefund, Money(500, kEuro), "ref_1");
  question.reference = "GK9PRECORDED0001";

  const auto silence = provider().refund(five_euros_back("requested_by_customer"), first).run();
  const auto found = provider().lookup_modification(question, later).run();

  EXPECT_TRUE(std::holds_alternative<InDoubt>(*silence));
  EXPECT_EQ(later.sent[0].body, first.sent[0].body);
  EXPECT_EQ(later.sent[0].path, first.sent[0].path);
  EXPECT_EQ(header(later.sent[0], "Idempotency-Key"), header(first.sent[0], "Idempotency-Key"));
  EXPECT_TRUE(std::get<Accepted>(*found).pending);
}

TEST(AdyenRefund, OfAnotherAmountPaymentOrStatusIsInDoubt) {
  const std::string answer = recorded("adyen", "refund_received");
  for (const std::string& odd :
       {with(answer, "500", "501"), with(answer, "GK9PRECORDED0001", "GK9PRECORDED0009"),
        with(answer, "received", "reversed"), std::string("{}")}) {
    ScriptedHttp http;
    http.answers(201, odd);
    const auto result = provider().refund(five_euros_back(""), http).run();
    ASSERT_TRUE(result);
    EXPECT_TRUE(std::holds_alternative<InDoubt>(*result)) << odd;
  }
}

}  // namespace
}  // namespace florin::adyen
