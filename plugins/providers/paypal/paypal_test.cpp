// What is special to PayPal: a token shared by all operations, an order that takes nothing until it is
// completed, three currencies without decimals, and webhooks that PayPal itself must vouch for. What every
// provider must do is in tests/conformance; answers here are recordings.
#include <gtest/gtest.h>

#include <florin/crypto.hpp>

#include "tests/support/provider_requests.hpp"
#include "tests/support/recording.hpp"
#include "tests/support/scripted_http.hpp"

#include "amounts.hpp"
#include "provider.hpp"

namespace florin::paypal {
namespace {

using test_support::header;
using test_support::recorded;
using test_support::ScriptedHttp;

const Currency kEuro = Currency::of("EUR");
constexpr Instant kNow(std::chrono::seconds(1'795'176'000));  // 2026-11-20T12:00:00Z
const std::string kOrder = "5O190127TN364715T";

Settings settings() {
  return Settings({{"client_id", "app"}, {"webhook_id", "0EH40505U7160970P"}},
                  {{"client_secret", Secret("s3cret")}});
}

AuthorizeRequest twelve_euros(PaymentMethod method) {
  AuthorizeRequest request = test_support::sale(std::move(method), Money(1200, kEuro));
  request.description = "Two books";
  request.return_url = "https://shop.example/back";
  request.now = kNow;
  return request;
}
ScriptedHttp after_token() {
  ScriptedHttp http;
  http.answers(200, recorded("paypal", "token"));
  return http;
}

PaymentMethod wallet() { return {"paypal", std::monostate()}; }
PaymentMethod card() {
  PaymentMethod method = test_support::card("4242424242424242");
  std::get<Card>(method.instrument).exp_month = 3;
  return method;
}

LookupRequest what_became_of(const std::string& method, const std::string& reference,
                             std::chrono::seconds age) {
  LookupRequest request = test_support::question(LookupRequest::Of::kAuthorize, Money(1200, kEuro));
  request.method_type = method;
  request.reference = reference;
  request.started = kNow;
  request.now = kNow + age;
  return request;
}

ResumeRequest resume() {
  return {.attempt_id = "att_1",
          .payment_id = "pay_1",
          .reference = kOrder,
          .amount = Money(1200, kEuro),
          .capture = true,
          .now = kNow};
}

TEST(PaypalToken, OneTokenServesSeveralOperations) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(200, recorded("paypal", "order_waits_for_payer"))
      .answers(200, recorded("paypal", "order_waits_for_payer"));

  (void)provider.authorize(twelve_euros(wallet()), http).run();
  (void)provider.authorize(twelve_euros(wallet()), http).run();

  EXPECT_EQ(header(http.sent[0], "Authorization"), "Basic " + to_base64("app:s3cret"));
  EXPECT_EQ(header(http.sent[2], "Authorization"), "Bearer A21AArecorded");
}

TEST(PaypalToken, ATokenThatIsNoLongerTakenIsReplacedOnce) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(401, R"({"error":"invalid_token"})")
      .answers(200, recorded("paypal", "token"))
      .answers(401, R"({"error":"invalid_token"})");

  const auto result = provider.authorize(twelve_euros(wallet()), http).run();

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, Error::Kind::kDenied);
}

TEST(PaypalToken, SilenceWhenAskingForOneIsAnErrorBecauseNothingElseLeft) {
  PaypalProvider provider(settings());
  ScriptedHttp http;
  http.fails(Error::Kind::kTimedOut);

  EXPECT_FALSE(provider.authorize(twelve_euros(card()), http).run());
}

TEST(PaypalWallet, SendsThePayerToPaypalsPage) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(200, recorded("paypal", "order_waits_for_payer"));

  const auto result = provider.authorize(twelve_euros(wallet()), http).run();

  ASSERT_TRUE(result);
  const auto& action = std::get<RequiresAction>(*result);
  EXPECT_EQ(action.url, "https://www.paypal.com/checkoutnow?token=" + kOrder);
  EXPECT_EQ(action.reference, kOrder);
  EXPECT_EQ(header(http.sent[1], "PayPal-Request-Id"), "att_1");
}

TEST(PaypalWallet, TellsLineItemsOnlyWhenTheyAddUp) {
  AuthorizeRequest request = twelve_euros(wallet());
  const LineItem book{"Book", "sku-1", 2, Money(550, kEuro), Money(200, kEuro), Money(100, kEuro)};
  request.line_items = {book};
  const auto exact = create_wallet_order(request, Config());
  request.line_items[0].discount = Money::zero(kEuro);
  const auto off_by_one_euro = create_wallet_order(request, Config());

  const Json told = *parse_json(exact->body), silent = *parse_json(off_by_one_euro->body);
  EXPECT_EQ(text_at(told, "purchase_units.0.amount.breakdown.item_total.value"), "11.00");
  EXPECT_EQ(text_at(told, "purchase_units.0.amount.breakdown.discount.value"), "1.00");
  EXPECT_EQ(find(silent, "purchase_units.0.items"), nullptr);
}

TEST(PaypalCard, TheOrderIsMadeWithoutTheCardAndCompletedWithIt) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(201, recorded("paypal", "order_created")).answers(201, recorded("paypal", "order_captured"));

  const auto result = provider.authorize(twelve_euros(card()), http).run();

  ASSERT_TRUE(result);
  const auto& approved = std::get<Approved>(*result);
  EXPECT_EQ(approved.reference, kOrder);
  EXPECT_EQ(approved.capture_reference, "3C679366HH908993F");
  EXPECT_EQ(approved.fee, Money(76, kEuro));
  EXPECT_EQ(http.sent[1].body.find("4242"), std::string::npos);
  EXPECT_NE(http.sent[2].body.find("\"expiry\":\"2034-03\""), std::string::npos);
  EXPECT_EQ(header(http.sent[2], "PayPal-Request-Id"), "att_1-capture");
}

TEST(PaypalCard, AProcessorsNoInsideACompletedOrderIsADecline) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(201, recorded("paypal", "order_created")).answers(201, recorded("paypal", "order_declined"));

  const auto result = provider.authorize(twelve_euros(card()), http).run();

  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<Declined>(*result).reason, DeclineReason::kInsufficientFunds);
  EXPECT_EQ(std::get<Declined>(*result).provider_code, "5120");
}

TEST(PaypalCard, WhatWasDoneBeforeIsInDoubtAndNotARefusal) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(201, recorded("paypal", "order_created"))
      .answers(422, R"({"name":"UNPROCESSABLE_ENTITY","details":[{"issue":"ORDER_ALREADY_CAPTURED"}]})");

  const auto result = provider.authorize(twelve_euros(card()), http).run();

  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<InDoubt>(*result).reference, kOrder);
}

TEST(PaypalResume, CompletesWhatThePayerApproved) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(200, recorded("paypal", "order_approved")).answers(201, recorded("paypal", "order_captured"));

  const auto result = provider.resume(resume(), http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<Approved>(*result));
  EXPECT_EQ(header(http.sent[2], "PayPal-Request-Id"), "att_1-resume");
}

TEST(PaypalResume, AnUnapprovedOrderStillWaitsForItsPayer) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(200, recorded("paypal", "order_waits_for_payer"));

  const auto result = provider.resume(resume(), http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<RequiresAction>(*result));
}

TEST(PaypalResume, AFundingSourceThatIsRefusedIsADecline) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(200, recorded("paypal", "order_approved"))
      .answers(422, recorded("paypal", "instrument_declined"));

  const auto result = provider.resume(resume(), http).run();

  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<Declined>(*result).provider_code, "INSTRUMENT_DECLINED");
}

TEST(PaypalLookup, AnOrderWithoutAPaymentIsNoProofInTheFirstSeconds) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(200, recorded("paypal", "order_created")).answers(200, recorded("paypal", "order_created"));

  const auto early = provider.lookup(what_became_of("card", kOrder, std::chrono::seconds(4)), http).run();
  const auto late = provider.lookup(what_became_of("card", kOrder, std::chrono::seconds(5)), http).run();

  EXPECT_TRUE(std::holds_alternative<InDoubt>(*early));
  EXPECT_TRUE(std::holds_alternative<NotFound>(*late));
}

TEST(PaypalLookup, RepeatsTheCardsOrderByteForByteWhenItsNameIsLost) {
  PaypalProvider provider(settings());
  ScriptedHttp first, later;
  first.answers(200, recorded("paypal", "token"))
      .answers(201, recorded("paypal", "order_created"))
      .fails(Error::Kind::kTimedOut);
  (void)provider.authorize(twelve_euros(card()), first).run();
  later.answers(201, recorded("paypal", "order_created")).answers(200, recorded("paypal", "order_captured"));

  const auto result = provider.lookup(what_became_of("card", "", std::chrono::seconds(1)), later).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<Approved>(*result));
  EXPECT_EQ(later.sent[0].body, first.sent[1].body);
  EXPECT_EQ(header(later.sent[0], "PayPal-Request-Id"), "att_1");
}

TEST(PaypalLookup, AWalletsOrderThatNobodyWasSentToHoldsNothing) {
  PaypalProvider provider(settings());
  ScriptedHttp nothing_is_sent;

  const auto result =
      provider.lookup(what_became_of("paypal", "", std::chrono::seconds(0)), nothing_is_sent).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<NotFound>(*result));
}

TEST(PaypalLookup, FindsACaptureByItsOwnAttempt) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(200, recorded("paypal", "order_authorized"));
  LookupRequest request = what_became_of("card", kOrder, std::chrono::seconds(9));
  request.of = LookupRequest::Of::kCapture;
  request.attempt_id = "att_2";
  request.amount = Money(500, kEuro);

  const auto result = provider.lookup_modification(request, http).run();

  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<Accepted>(*result).reference, "3C679366HH908993F");
}

TEST(PaypalAmounts, ThreeCurrenciesHaveNoDecimals) {
  EXPECT_EQ(to_text(*to_paypal_amount(Money(120000, Currency::of("HUF")))),
            R"({"currency_code":"HUF","value":"1200"})");
  EXPECT_EQ(to_text(*to_paypal_amount(Money(500, Currency::of("JPY")))),
            R"({"currency_code":"JPY","value":"500"})");
  EXPECT_FALSE(to_paypal_amount(Money(120050, Currency::of("HUF"))));
  EXPECT_FALSE(to_paypal_amount(Money(1, Currency::of("TWD"))));
  EXPECT_FALSE(to_paypal_amount(Money(1, Currency::of("BTC"))));
  EXPECT_EQ(from_paypal_amount({{"currency_code", "HUF"}, {"value", "1200"}}),
            Money(120000, Currency::of("HUF")));
  EXPECT_EQ(from_paypal_amount({{"currency_code", "JPY"}, {"value", "500.00"}}),
            Money(500, Currency::of("JPY")));
}

TEST(PaypalAmounts, EveryCurrencyOfTheDescriptorGoesOutAndComesBack) {
  for (const std::string& code : currencies()) {
    const Money amount(4200, Currency::of(code));
    EXPECT_EQ(from_paypal_amount(*to_paypal_amount(amount)), amount) << code;
  }
}

WebhookRequest webhook() {
  return {
      {{"PAYPAL-TRANSMISSION-ID", "69cd13f0-d67a-11e5-baa3-778b53f4ae55"},
       {"PAYPAL-TRANSMISSION-TIME", "2026-11-20T12:00:00Z"},
       {"PAYPAL-AUTH-ALGO", "SHA256withRSA"},
       {"PAYPAL-CERT-URL", "https://api.paypal.com/v1/notifications/certs/CERT-test"},
       {"PAYPAL-TRANSMISSION-SIG", "c2lnbmF0dXJl"}},
      R"({"id":"WH-1", "event_type":"PAYMENT.CAPTURE.COMPLETED","resource":{"id":"C1","status":"COMPLETED","custom_id":"att_1","amount":{"currency_code":"EUR","value":"12.00"}}})",
      "https://gateway.example/api/v1/webhooks/paypal/acc",
      kNow};
}

TEST(PaypalWebhook, AsksPaypalAboutTheBytesAsTheyCame) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(200, R"({"verification_status":"SUCCESS"})");

  const auto events = provider.parse_webhook(webhook(), http).run();

  ASSERT_TRUE(events) << events.error().message;
  EXPECT_EQ(events->at(0).kind, ProviderEvent::Kind::kCaptured);
  EXPECT_EQ(events->at(0).attempt_id, "att_1");
  EXPECT_NE(http.sent[1].body.find("\"webhook_event\":" + webhook().body), std::string::npos);
}

TEST(PaypalWebhook, WhatPaypalDoesNotVouchForIsDenied) {
  PaypalProvider provider(settings());
  ScriptedHttp http = after_token();
  http.answers(200, R"({"verification_status":"FAILURE"})");

  EXPECT_EQ(provider.parse_webhook(webhook(), http).run().error().kind, Error::Kind::kDenied);
}

TEST(PaypalWebhook, AForeignCertificateAnOldTimeAndAMissingHeaderAreDeniedWithoutAsking) {
  PaypalProvider provider(settings());
  ScriptedHttp nothing_is_sent;
  for (const std::string url :
       {"https://api.paypal.com.evil.example/cert", "http://api.paypal.com/cert",
        "https://evil.example/api.paypal.com", "https://x@evil.example#.paypal.com"}) {
    WebhookRequest foreign = webhook();
    foreign.headers.at("PAYPAL-CERT-URL") = url;
    EXPECT_EQ(provider.parse_webhook(foreign, nothing_is_sent).run().error().kind, Error::Kind::kDenied)
        << url;
  }
  WebhookRequest old = webhook(), bare = webhook();
  old.now = kNow + std::chrono::hours(74);
  bare.headers.erase("PAYPAL-TRANSMISSION-SIG");

  EXPECT_EQ(provider.parse_webhook(old, nothing_is_sent).run().error().kind, Error::Kind::kDenied);
  EXPECT_EQ(provider.parse_webhook(bare, nothing_is_sent).run().error().kind, Error::Kind::kDenied);
}

TEST(PaypalWebhook, ATimeThatRfc3339AllowsIsTakenForTheInstantThatItNames) {
  for (const std::string time : {"2026-11-20T12:00:00Z", "2026-11-20t12:00:00.25z", "2026-11-20T14:30:00+02:30",
                                 "2026-11-20T06:59:60.999-05:00"}) {
    PaypalProvider provider(settings());
    ScriptedHttp http = after_token();
    http.answers(200, R"({"verification_status":"SUCCESS"})");
    WebhookRequest hook = webhook();
    hook.headers.at("PAYPAL-TRANSMISSION-TIME") = time;
    hook.now = kNow + std::chrono::hours(73);
    EXPECT_TRUE(provider.parse_webhook(hook, http).run()) << time << " is not older than allowed";
    hook.now += std::chrono::minutes(1);
    EXPECT_FALSE(provider.parse_webhook(hook, http).run()) << time << " is older by a minute";
  }
}

TEST(PaypalWebhook, ATimeThatRfc3339DoesNotAllowIsDeniedWithoutAsking) {
  PaypalProvider provider(settings());
  ScriptedHttp nothing_is_sent;
  for (const std::string time :
       {"2026-11-20T12:-1:00Z", "2026-11-20T-1:00:00Z", "2026-11-20T12:00:-5Z", "2026-11-20T12:00:+5Z",
        "2026-11-20T12:00:0Z", "2026-11-20T12: 0:00Z", "2026-11-20T12:00:00", "2026-11-20T12:00:00.Z",
        "2026-11-20T12:00:00 nonsense Z", "2026-11-20T12:00:00ZZ", "2026-11-20 12:00:00Z", "2026-02-30T12:00:00Z",
        "2026-13-20T12:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T12:60:00Z", "2026-11-20T12:00:61Z",
        "2026-11-20T12:00:00+24:00", "2026-11-20T12:00:00+0000", "2026-11-20T12:00:00+00:-1",
        "+026-11-20T12:00:00Z", "26-11-20T12:00:00Z", "1763640000", "Z", ""}) {
    WebhookRequest hook = webhook();
    hook.headers.at("PAYPAL-TRANSMISSION-TIME") = time;
    const auto parsed = provider.parse_webhook(hook, nothing_is_sent).run();
    ASSERT_FALSE(parsed) << time;
    EXPECT_EQ(parsed.error().kind, Error::Kind::kDenied) << time;
  }
}

}  // namespace
}  // namespace florin::paypal
