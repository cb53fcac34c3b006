// Square's webhooks, signed over our own address; its timestamps, and a location that cannot be used.
#include "square_fixture.hpp"
#include "times.hpp"

namespace florin::square {
namespace {

TEST(SquareHealth, ALocationOfAnotherCurrencyOrWithoutCardsIsNotWell) {
  const auto health = [](int status, const std::string& body) {
    ScriptedHttp http;
    http.answers(status, body);
    return provider().health(kNow, http).run();
  };

  EXPECT_TRUE(health(200, recorded("square", "location")));
  EXPECT_FALSE(health(200, with("location", "/location/currency", "GBP")));
  EXPECT_FALSE(health(200, with("location", "/location/status", "INACTIVE")));
  EXPECT_FALSE(health(200, with("location", "/location/capabilities", Json::array())));
  EXPECT_EQ(health(401, "{}").error().kind, Error::Kind::kDenied);
  EXPECT_FALSE(health(503, ""));
}

WebhookRequest signed_webhook() {  // Signed by Square's own library (npm square 46.0.0).
  return {{{"x-square-hmacsha256-signature", "7WqRSfYnJ/6dHBNVVtEEhRPrhMFXeYgHccJJ+bEnvt4="}},
          R"({"merchant_id":"M","type":"payment.updated","event_id":"e1"})",
          "https://florin.example/square",
          kNow};
}

TEST(SquareWebhook, BelievesWhatSquaresOwnLibrarySigned) {
  EXPECT_TRUE(verify_signature(signed_webhook(), Secret("sqkey")));
}

TEST(SquareWebhook, RefusesAnotherAddressATamperedByteAndAMissingKey) {
  WebhookRequest elsewhere = signed_webhook(), tampered = signed_webhook(), bare = signed_webhook();
  elsewhere.url += "/";
  tampered.body.back() = ' ';
  bare.headers.clear();

  EXPECT_EQ(verify_signature(elsewhere, Secret("sqkey")).error().kind, Error::Kind::kDenied);
  EXPECT_FALSE(verify_signature(tampered, Secret("sqkey")));
  EXPECT_FALSE(verify_signature(bare, Secret("sqkey")));
  EXPECT_FALSE(verify_signature(signed_webhook(), Secret("sqkeY")));
  EXPECT_FALSE(verify_signature(signed_webhook(), Secret()));
}

std::string event(const std::string& kind, const Json& object,
                  const std::string& created = "2023-11-14T22:13:20.5Z") {
  return to_text(Json{{"event_id", "e1"},
                      {"type", kind + ".updated"},
                      {"created_at", created},
                      {"data", {{"type", kind}, {"object", {{kind, object}}}}}});
}

Json recorded_object(const std::string& recording, const std::string& kind) {
  return parse_json(recorded("square", recording))->at(kind);
}

TEST(SquareWebhook, SaysWhatBecameOfAPayment) {
  using Kind = ProviderEvent::Kind;
  for (const auto& [recording, kind] :
       {std::pair{"payment_completed", Kind::kCaptured}, std::pair{"payment_approved", Kind::kAuthorized},
        std::pair{"payment_canceled", Kind::kVoided}, std::pair{"payment_declined", Kind::kDeclined}}) {
    const auto told = read_event(event("payment", recorded_object(recording, "payment")), kNow, config());

    ASSERT_TRUE(told) << recording;
    EXPECT_EQ(told->kind, kind) << recording;
    EXPECT_EQ(told->attempt_id, "att_1");
    EXPECT_EQ(told->amount, Money(1200, kEuro));
  }
}

TEST(SquareWebhook, AHoldThatSquareItselfEndsInTimeHasExpired) {
  Json payment = recorded_object("payment_canceled", "payment");
  payment["updated_at"] = payment.at("delayed_until");

  EXPECT_EQ(read_event(event("payment", payment), kNow, config())->kind, ProviderEvent::Kind::kExpired);
}

TEST(SquareWebhook, ARefundIsNewsOnlyWhenItIsDecidedAndNamesItsAttempt) {
  Json refund = recorded_object("refund_pending", "refund");
  EXPECT_EQ(read_event(event("refund", refund), kNow, config())->kind, ProviderEvent::Kind::kIgnored);
  for (const auto& [status, kind] : {std::pair{"COMPLETED", ProviderEvent::Kind::kRefunded},
                                     std::pair{"REJECTED", ProviderEvent::Kind::kRefundFailed},
                                     std::pair{"FAILED", ProviderEvent::Kind::kRefundFailed}}) {
    refund["status"] = status;
    const auto told = read_event(event("refund", refund), kNow, config());
    EXPECT_EQ(told->kind, kind) << status;
    EXPECT_EQ(told->attempt_id, "att_2");
    EXPECT_EQ(told->reference, kPayment);
  }
}

TEST(SquareWebhook, OfAnotherLocationIsIgnoredAndOfLastWeekRefused) {
  Json payment = recorded_object("payment_completed", "payment");
  const auto stale = read_event(event("payment", payment, "2023-11-07T22:13:20Z"), kNow, config());
  payment["location_id"] = "LELSEWHERE";

  EXPECT_EQ(read_event(event("payment", payment), kNow, config())->kind, ProviderEvent::Kind::kIgnored);
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().kind, Error::Kind::kDenied);
}

TEST(SquareTimes, AreReadAndWrittenAsSquareWritesThem) {
  EXPECT_EQ(to_rfc3339(kNow + std::chrono::milliseconds(7)), "2023-11-14T22:13:20.007Z");
  for (const char* text : {"2023-11-14T22:13:20Z", "2023-11-14T22:13:20.114Z", "2023-11-14T22:13:20.1Z"})
    EXPECT_EQ(from_rfc3339(text), kNow) << text;
  for (const char* text : {"", "2023", "2023-11-14", "2023-11-14 22:13:20Z", "2023-11-14T22:13:20",
                           "2023-11-14T22:13:20.Z", "2023-13-14T22:13:20Z", "2023-11-14T24:13:20Z",
                           "2023-11-14T22:13:20+01:00", "2023-11-14T22:13:20.12"})
    EXPECT_FALSE(from_rfc3339(text)) << text;
}

}  // namespace
}  // namespace florin::square
