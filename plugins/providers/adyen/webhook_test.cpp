// Adyen's notifications: believed by their HMAC over eight fields, and read no further than those.
#include <gtest/gtest.h>

#include <set>

#include <florin/crypto.hpp>

#include "provider.hpp"
#include "published_contract.hpp"
#include "tests/support/scripted_http.hpp"

namespace florin::adyen {
namespace {

using test_support::ScriptedHttp;

const Currency kEuro = Currency::of("EUR");
constexpr Instant kNow(std::chrono::seconds(1'700'000'000));
// The key that Adyen has published with its own libraries' tests.
const std::string kHmacKey = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";

AdyenProvider provider(const std::string& hmac_key = kHmacKey, const std::string& shop = "TestMerchant") {
  return AdyenProvider(Settings({{"merchant_account", shop}},
                                {{"api_key", Secret("AQE-test")}, {"hmac_key", Secret(hmac_key)}}));
}

std::string with(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

std::string notification(const std::string& event, const std::string& success,
                         const std::string& original = "") {
  Json item = {{"pspReference", "7914073381342284"},
               {"originalReference", original},
               {"merchantAccountCode", "TestMerchant"},
               {"merchantReference", "TestPayment-1407325143704"},
               {"amount", {{"value", 1130}, {"currency", "EUR"}}},
               {"eventCode", event},
               {"eventDate", "2019-05-06T17:15:34+02:00"},
               {"success", success}};
  const std::string text = "7914073381342284:" + original +
                           ":TestMerchant:TestPayment-1407325143704:1130:EUR:" + event + ":" + success;
  item["additionalData"] = {{"hmacSignature", to_base64(hmac_sha256(*from_hex(kHmacKey), text))}};
  return to_text(
      {{"live", "false"}, {"notificationItems", Json::array({{{"NotificationRequestItem", item}}})}});
}

Result<std::vector<ProviderEvent>> told(const std::string& body, AdyenProvider who = provider()) {
  ScriptedHttp http;
  const WebhookRequest request{{}, body, "https://gateway.example/", kNow};
  return who.parse_webhook(request, http).run();
}

TEST(AdyenWebhook, BelievesTheExampleThatAdyenHasPublishedWithItsSignature) {
  const std::string body = notification("AUTHORISATION", "true");
  ASSERT_NE(body.find("coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="), std::string::npos)
      << "Adyen's own value";

  const auto events = told(body);

  ASSERT_TRUE(events) << events.error().message;
  const ProviderEvent& event = events->at(0);
  EXPECT_EQ(event.kind, ProviderEvent::Kind::kCaptured);
  EXPECT_EQ(event.reference, "7914073381342284");
  EXPECT_EQ(event.attempt_id, "TestPayment-1407325143704");
  EXPECT_EQ(event.amount, Money(1130, kEuro));
}

TEST(AdyenWebhook, RefusesAnyChangeOfASignedField) {
  const std::string body = notification("REFUND", "true", "8813408364446000");
  ASSERT_TRUE(told(body));
  for (const auto& [what, by] : {std::pair{"7914073381342284", "7914073381342285"},
                                 {"8813408364446000", "8813408364446001"},
                                 {"TestMerchant", "BestMerchant"},
                                 {"TestPayment-1407325143704", "TestPayment-1407325143705"},
                                 {"1130", "1131"},
                                 {"EUR", "USD"},
                                 {"\"REFUND\"", "\"CAPTURE\""},
                                 {"\"true\"", "\"false\""}})
    EXPECT_EQ(told(with(body, what, by)).error().kind, Error::Kind::kDenied) << what;
}

TEST(AdyenWebhook, IsRefusedWithoutAKeyUnderAnotherAndForAnotherMerchantAccount) {
  const std::string body = notification("AUTHORISATION", "true");

  EXPECT_EQ(told(body, provider("")).error().kind, Error::Kind::kDenied);
  EXPECT_EQ(told(body, provider("no hex")).error().kind, Error::Kind::kDenied);
  EXPECT_EQ(told(body, provider(std::string(64, '0'))).error().kind, Error::Kind::kDenied);
  EXPECT_EQ(told(body, provider(kHmacKey, "OtherShop")).error().kind, Error::Kind::kDenied);
}

TEST(AdyenWebhook, OneForgedItemAmongGenuineOnesIsRefusedWithAllOfThem) {
  Json body = *parse_json(notification("AUTHORISATION", "true"));
  Json forged = body.at("notificationItems").at(0);
  forged["NotificationRequestItem"]["amount"]["value"] = 999999;
  body["notificationItems"].push_back(forged);

  EXPECT_EQ(told(to_text(body)).error().kind, Error::Kind::kDenied);
}

TEST(AdyenWebhook, AReferenceWithAColonIsSomebodyElsesAndMovesNothing) {
  Json body = *parse_json(notification("REFUND", "true"));
  Json& item = body.at("notificationItems").at(0).at("NotificationRequestItem");
  const std::string text = "7914073381342284::TestMerchant:INV:42:1130:EUR:REFUND:true";
  item["merchantReference"] = "INV:42";
  item["additionalData"]["hmacSignature"] = to_base64(hmac_sha256(*from_hex(kHmacKey), text));

  const auto events = told(to_text(body));

  ASSERT_TRUE(events);
  EXPECT_EQ(events->at(0).kind, ProviderEvent::Kind::kIgnored);
}

TEST(AdyenWebhook, TellsHowARefundEndedUnderItsOwnName) {
  using Kind = ProviderEvent::Kind;
  const std::tuple<std::string, std::string, Kind> all[] = {
      {"REFUND", "true", Kind::kRefunded},
      {"REFUND", "false", Kind::kRefundFailed},
      {"REFUND_FAILED", "true", Kind::kRefundFailed},
      {"REFUNDED_REVERSED", "true", Kind::kRefundFailed}};
  for (const auto& [code, success, kind] : all) {
    const auto events = told(notification(code, success, "8813408364446000"));
    ASSERT_TRUE(events);
    EXPECT_EQ(events->at(0).kind, kind) << code << success;
    EXPECT_EQ(events->at(0).reference, "8813408364446000");
    EXPECT_EQ(events->at(0).operation_reference, "7914073381342284");
    EXPECT_EQ(events->at(0).id, "7914073381342284:" + code + ":" + success);
  }
}

TEST(AdyenWebhook, WhatItActsUponIsInTheContractAndAllElseIsIgnored) {
  const std::string text = contract("Webhooks-v1.json");
  if (text.empty()) GTEST_SKIP() << kNoContract;
  const Json document = Json::parse(text);
  std::set<std::string> acted_upon;
  for (const auto& [section, paths] : document.items()) {
    if (section != "paths" && section != "webhooks") continue;
    for (const auto& [path, operation] : paths.items()) {
      const auto events = told(notification(path.substr(1), "true", "8813408364446000"));
      ASSERT_TRUE(events) << path;
      if (events->at(0).kind != ProviderEvent::Kind::kIgnored) acted_upon.insert(path.substr(1));
    }
  }
  EXPECT_EQ(acted_upon,
            (std::set<std::string>{"AUTHORISATION", "REFUND", "REFUND_FAILED", "REFUNDED_REVERSED"}));
}

}  // namespace
}  // namespace florin::adyen
