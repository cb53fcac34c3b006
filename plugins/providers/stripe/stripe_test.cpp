// What is special to Stripe: three exchanges of which only the last moves money, its own ways of counting
// some currencies, its decline codes and its webhook signature. What every provider must do is in
// tests/conformance; answers here are recordings.
#include <gtest/gtest.h>

#include <set>

#include <florin/crypto.hpp>

#include "tests/support/provider_requests.hpp"
#include "tests/support/recording.hpp"
#include "tests/support/scripted_http.hpp"

#include "currencies.hpp"
#include "provider.hpp"

namespace florin::stripe {
namespace {

using test_support::header;
using test_support::recorded;
using test_support::ScriptedHttp;

const Currency kEuro = Currency::of("EUR");
constexpr Instant kNow(std::chrono::seconds(1'700'000'000));

StripeProvider provider() {
  return StripeProvider(Settings(Json::object(), {{"secret_key", Secret("sk_test_1")},
                                                  {"webhook_secret", Secret("whsec_test_secret")}}));
}

AuthorizeRequest twelve_euros() {
  AuthorizeRequest request = test_support::sale(test_support::card("4242424242424242"), Money(1200, kEuro));
  request.description = "Two books";
  request.return_url = "https://shop.example/back";
  request.now = kNow;
  return request;
}

LookupRequest what_became_of(const std::string& reference) {
  LookupRequest request = test_support::question(LookupRequest::Of::kAuthorize, Money(1200, kEuro));
  request.reference = reference;
  request.started = kNow;
  request.now = kNow + std::chrono::seconds(2);
  return request;
}

TEST(StripeAuthorize, MakesAMethodThenAnUnconfirmedIntentAndConfirmsItLast) {
  ScriptedHttp http;
  http.answers(200, recorded("stripe", "payment_method"))
      .answers(200, recorded("stripe", "intent_unconfirmed"))
      .answers(200, recorded("stripe", "intent_succeeded"));

  const auto result = provider().authorize(twelve_euros(), http).run();

  ASSERT_TRUE(result);
  const auto& approved = std::get<Approved>(*result);
  EXPECT_EQ(approved.reference, "pi_3NxRec0rdedIntent");
  EXPECT_EQ(approved.capture_reference, "ch_3NxRec0rded");
  EXPECT_EQ(approved.fee, Money(60, kEuro));
  ASSERT_EQ(http.sent.size(), 3u);
  EXPECT_EQ(http.sent[0].path, "/v1/payment_methods");
  EXPECT_EQ(http.sent[1].path, "/v1/payment_intents");
  EXPECT_EQ(http.sent[2].path, "/v1/payment_intents/pi_3NxRec0rdedIntent/confirm");
  EXPECT_EQ(header(http.sent[1], "Idempotency-Key"), "att_1");
  EXPECT_EQ(header(http.sent[2], "Idempotency-Key"), "att_1-confirm");
  for (const HttpRequest& sent : http.sent) EXPECT_EQ(header(sent, "Stripe-Version"), "2023-08-16");
}

TEST(StripeAuthorize, TheIntentItselfNeverCarriesTheCard) {
  ScriptedHttp http;
  http.answers(200, recorded("stripe", "payment_method")).fails(Error::Kind::kTimedOut);

  (void)provider().authorize(twelve_euros(), http).run();

  EXPECT_NE(http.sent[0].body.find("4242424242424242"), std::string::npos);
  EXPECT_EQ(http.sent[1].body.find("4242"), std::string::npos);
  EXPECT_EQ(http.sent[1].body.find("confirm"), std::string::npos) << "an unconfirmed intent moves no money";
}

TEST(StripeAuthorize, SilenceBeforeTheConfirmIsAnErrorBecauseNothingCanHaveMoved) {
  ScriptedHttp at_method, at_intent;
  at_method.fails(Error::Kind::kTimedOut);
  at_intent.answers(200, recorded("stripe", "payment_method")).answers(503, "");

  EXPECT_FALSE(provider().authorize(twelve_euros(), at_method).run());
  EXPECT_FALSE(provider().authorize(twelve_euros(), at_intent).run());
}

TEST(StripeAuthorize, SilenceAfterTheConfirmLeftIsInDoubtUnderTheIntentsName) {
  for (const int status : {0, 409, 500, 503, 200}) {
    ScriptedHttp http;
    http.answers(200, recorded("stripe", "payment_method"))
        .answers(200, recorded("stripe", "intent_unconfirmed"));
    if (status == 0)
      http.fails(Error::Kind::kTimedOut);
    else
      http.answers(status, "<html>");

    const auto result = provider().authorize(twelve_euros(), http).run();

    ASSERT_TRUE(result) << "an Error would let the kernel charge the card again elsewhere";
    EXPECT_EQ(std::get<InDoubt>(*result).reference, "pi_3NxRec0rdedIntent");
  }
}

TEST(StripeAuthorize, AStatusOfAnotherYearIsInDoubtAndNeverARefusal) {
  std::string unheard_of = recorded("stripe", "intent_succeeded");
  unheard_of.replace(unheard_of.rfind("\"succeeded\""), 11, "\"requires_luck\"");
  ScriptedHttp http;
  http.answers(200, recorded("stripe", "payment_method"))
      .answers(200, recorded("stripe", "intent_unconfirmed"))
      .answers(200, unheard_of);

  const auto result = provider().authorize(twelve_euros(), http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*result));
}

TEST(StripeAuthorize, AnotherAmountThanAskedIsInDoubt) {
  ScriptedHttp http;
  http.answers(200, recorded("stripe", "payment_method"))
      .answers(200, recorded("stripe", "intent_unconfirmed"))
      .answers(200, recorded("stripe", "intent_succeeded"));
  AuthorizeRequest request = twelve_euros();
  request.amount = Money(1300, kEuro);

  const auto result = provider().authorize(request, http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*result));
}

TEST(StripeAuthorize, APaymentMethodOfTheBrowsersSkipsTheFirstExchange) {
  ScriptedHttp http;
  http.answers(200, recorded("stripe", "intent_unconfirmed"))
      .answers(402, recorded("stripe", "confirm_declined"));
  AuthorizeRequest request = twelve_euros();
  request.method.instrument = ProviderToken{Secret("pm_browser")};

  const auto result = provider().authorize(request, http).run();

  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<Declined>(*result).reason, DeclineReason::kInsufficientFunds);
  EXPECT_NE(http.sent[1].body.find("payment_method=pm_browser"), std::string::npos);
}

TEST(StripeAuthorize, ATokenThatStripeDoesNotKnowIsTheCallersFaultAndNamesItsField) {
  for (const auto& [param, exchanges_before] : {std::pair{"card[token]", 0}, std::pair{"payment_method", 2}}) {
    ScriptedHttp http;
    if (exchanges_before == 2)
      http.answers(200, recorded("stripe", "payment_method")).answers(200, recorded("stripe", "intent_unconfirmed"));
    http.answers(400, R"({"error":{"type":"invalid_request_error","code":"resource_missing","param":")" +
                          std::string(param) + R"(","message":"No such PaymentMethod: 'pm_1'"}})");

    const auto result = provider().authorize(twelve_euros(), http).run();

    ASSERT_FALSE(result) << "a definite refusal: no money moved";
    EXPECT_EQ(result.error().kind, Error::Kind::kInvalid);
    EXPECT_EQ(result.error().param, "payment_method");
    EXPECT_EQ(result.error().message.find("pm_1"), std::string::npos) << "a token is in no message";
  }
}

TEST(StripeLookup, RepeatsTheCreationByteForByteAndCancelsWhatWasNeverConfirmed) {
  ScriptedHttp first, later;
  first.answers(200, recorded("stripe", "payment_method")).fails(Error::Kind::kTimedOut);
  (void)provider().authorize(twelve_euros(), first).run();
  later.answers(200, recorded("stripe", "intent_unconfirmed"))
      .answers(200, recorded("stripe", "intent_unconfirmed"))
      .answers(200, recorded("stripe", "intent_canceled"));

  const auto result = provider().lookup(what_became_of(""), later).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<NotFound>(*result));
  EXPECT_EQ(later.sent[0].body, first.sent[1].body);
  EXPECT_EQ(header(later.sent[0], "Idempotency-Key"), header(first.sent[1], "Idempotency-Key"));
  EXPECT_EQ(later.sent[2].path, "/v1/payment_intents/pi_3NxRec0rdedIntent/cancel");
}

TEST(StripeLookup, AnUnconfirmedIntentThatCannotBeCancelledStaysInDoubt) {
  ScriptedHttp http;
  http.answers(200, recorded("stripe", "intent_unconfirmed")).answers(429, "{}");

  const auto result = provider().lookup(what_became_of("pi_3NxRec0rdedIntent"), http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*result));
}

TEST(StripeLookup, WhenTheKeyIsTooOldItSearchesAndFindingNothingProvesNothing) {
  ScriptedHttp http;
  http.answers(200, R"({"object":"search_result","data":[],"has_more":false})");
  LookupRequest late = what_became_of("");
  late.now = late.started + std::chrono::hours(25);

  const auto result = provider().lookup(late, http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*result));
  EXPECT_EQ(http.sent[0].path.rfind("/v1/payment_intents/search?query=", 0), 0u);
}

TEST(StripeLookup, ARefundThatIsNotListedYetIsNoProofInTheFirstSeconds) {
  const std::string empty = R"({"object":"list","data":[],"has_more":false})";
  LookupRequest request = what_became_of("pi_3NxRec0rdedIntent");
  request.of = LookupRequest::Of::kRefund;
  ScriptedHttp soon, later;
  soon.answers(200, empty);
  later.answers(200, empty);

  const auto early = provider().lookup_modification(request, soon).run();
  request.now = request.started + std::chrono::seconds(6);
  const auto settled = provider().lookup_modification(request, later).run();

  EXPECT_TRUE(std::holds_alternative<InDoubt>(*early));
  EXPECT_TRUE(std::holds_alternative<NotFound>(*settled));
}

struct Counted {
  std::string_view code;
  std::int64_t minor, on_the_wire;
};
TEST(StripeCurrencies, CountsEachCurrencyAsStripeDoesAndBack) {
  const Counted all[] = {{"EUR", 1200, 1200}, {"JPY", 500, 500}, {"KWD", 1230, 1230},  {"ISK", 5, 500},
                         {"UGX", 7, 700},     {"MGA", 300, 3},   {"HUF", 12345, 12345}};
  for (const auto& [code, minor, on_the_wire] : all) {
    const auto sent = to_stripe_amount(Money(minor, Currency::of(code)));
    ASSERT_TRUE(sent) << code;
    EXPECT_EQ(*sent, on_the_wire) << code;
    EXPECT_EQ(from_stripe_amount(on_the_wire, code), Money(minor, Currency::of(code))) << code;
  }
}

TEST(StripeCurrencies, RefusesWhatItCannotSayExactly) {
  EXPECT_FALSE(to_stripe_amount(Money(1235, Currency::of("KWD")))) << "the last digit must be 0";
  EXPECT_FALSE(to_stripe_amount(Money(350, Currency::of("MGA")))) << "whole ariary only";
  EXPECT_FALSE(to_stripe_amount(Money(100'000'000, kEuro))) << "eight digits";
  EXPECT_FALSE(to_stripe_amount(Money(0, kEuro)));
  EXPECT_FALSE(to_stripe_amount(Money(1, Currency::of("BTC"))));
  EXPECT_FALSE(from_stripe_amount(550, "isk"));
}

TEST(StripeCurrencies, EveryCurrencyOfTheDescriptorIsKnownToFlorin) {
  for (const std::string& code : currencies()) EXPECT_TRUE(Currency::parse(code)) << code;
}

TEST(StripeDeclines, EveryDocumentedCodeHasOneReasonAndAnUnknownOneIsOther) {
  std::set<std::string_view> seen;
  for (const DeclineCode& each : decline_codes()) {
    EXPECT_TRUE(seen.insert(each.code).second) << each.code << " stands twice";
    EXPECT_NE(each.reason, DeclineReason::kOther) << each.code;
  }
  EXPECT_EQ(reason_of("a_code_of_next_year"), DeclineReason::kOther);
}

WebhookRequest signed_webhook() {  // Signed by Stripe's own library (npm stripe 23.1.0).
  return {
      {{"Stripe-Signature",
        "t=1700000000,v1=8c2b322249671a5f836233ef63dc6c110d28dbfde32d829d89d23a96d616cdc8"}},
      R"({"id":"evt_test_webhook","object":"event","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","amount":1999,"currency":"eur"}}})",
      "https://gateway.example/api/v1/webhooks/stripe/acc",
      kNow};
}

TEST(StripeWebhook, BelievesWhatStripesOwnLibrarySigned) {
  ScriptedHttp http;
  const auto events = provider().parse_webhook(signed_webhook(), http).run();

  ASSERT_TRUE(events) << events.error().message;
  EXPECT_EQ(events->at(0).id, "evt_test_webhook");
}

TEST(StripeWebhook, RefusesATamperedByteAStaleTimeAndAMissingSecret) {
  ScriptedHttp http;
  WebhookRequest tampered = signed_webhook(), stale = signed_webhook();
  tampered.body.back() = ' ';
  stale.now = kNow + std::chrono::seconds(301);

  EXPECT_EQ(provider().parse_webhook(tampered, http).run().error().kind, Error::Kind::kDenied);
  EXPECT_EQ(provider().parse_webhook(stale, http).run().error().kind, Error::Kind::kDenied);
  EXPECT_EQ(verify_signature(signed_webhook(), Secret()).error().kind, Error::Kind::kDenied);
}

TEST(StripeWebhook, OneGenuineSignatureAmongSeveralIsEnough) {
  WebhookRequest rotated = signed_webhook();
  std::string& value = rotated.headers.at("Stripe-Signature");
  value = "t=1700000000,v1=" + std::string(64, '0') + "," + value.substr(value.find("v1=")) + ",v0=old";

  EXPECT_TRUE(verify_signature(rotated, Secret("whsec_test_secret")));
}

TEST(StripeWebhook, ARefundThatFailedLaterIsToldWithItsOwnNameAndAttempt) {
  const auto event = read_event(
      R"({"id":"evt_1","type":"refund.updated","data":{"object":{"id":"re_1","object":"refund","amount":500,)"
      R"("currency":"eur","status":"failed","failure_reason":"expired_or_canceled_card","payment_intent":"pi_1",)"
      R"("metadata":{"attempt_id":"att_9"}}}})");

  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, ProviderEvent::Kind::kRefundFailed);
  EXPECT_EQ(event->operation_reference, "re_1");
  EXPECT_EQ(event->attempt_id, "att_9");
  EXPECT_EQ(event->amount, Money(500, kEuro));
}

}  // namespace
}  // namespace florin::stripe
