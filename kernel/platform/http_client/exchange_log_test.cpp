// What an exchange log may keep: everything that explains, nothing that opens (law 7).
#include "kernel/platform/http_client/exchange_log.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

TEST(ExchangeLog, SecretsInJsonAreTakenOutByNameAtAnyDepth) {
  const std::string kept = redact_body(
      R"({"amount":1200,"card":{"number":"4242424242424242","cvc":"123","exp_month":12},"list":[{"access_token":"x1"}],
          "client_secret":"pi_1_secret_2","id":"pi_1","securityCode":737})",
      nullptr);
  for (const char* secret : {"4242", "123\"", "x1", "pi_1_secret_2", "737"})
    EXPECT_EQ(kept.find(secret), std::string::npos) << secret << " in " << kept;
  for (const char* fact : {"1200", "\"pi_1\"", "12"}) EXPECT_NE(kept.find(fact), std::string::npos) << fact;
}

TEST(ExchangeLog, SecretsInFormsAreTakenOutAndTheRestStaysAsItWas) {
  EXPECT_EQ(redact_body("amount=5&payment_method_data%5Bcard%5D%5Bnumber%5D=4242424242424242&grant_type=x"
                        "&card[cvc]=123&client_secret=s",
                        nullptr),
            "amount=5&payment_method_data%5Bcard%5D%5Bnumber%5D=[redacted]&grant_type=x&card[cvc]=[redacted]"
            "&client_secret=[redacted]");
}

TEST(ExchangeLog, APaymentMethodsNameIsTakenOutAndItsAbsenceStays) {
  EXPECT_EQ(redact_body("amount=5&payment_method=pm_1&payment_method_types[0]=card", nullptr),
            "amount=5&payment_method=[redacted]&payment_method_types[0]=card");
  EXPECT_EQ(redact_body(R"({"payment_method":"pm_1"})", nullptr), R"({"payment_method":"[redacted]"})");
  EXPECT_EQ(redact_body(R"({"payment_method":null})", nullptr), R"({"payment_method":null})");
}

TEST(ExchangeLog, CardNumbersAreTakenOutWhateverTheyAreCalled) {
  EXPECT_EQ(redact_body(R"({"echo":"card 4242 4242 4242 4242 was bad","n":4242424242424242})", nullptr),
            R"({"echo":"card [redacted] was bad","n":"[redacted]"})");
  EXPECT_EQ(redact_body("<card>5555-5555-5555-4444</card>", nullptr), "<card>[redacted]</card>");
}

TEST(ExchangeLog, NumbersThatAreNoCardsStay) {
  EXPECT_EQ(redact_body("order 1234567890123456 of 1700000000", nullptr),
            "order 1234567890123456 of 1700000000");
}

TEST(ExchangeLog, JsonThatCannotBeReadIsRedactedAsText) {
  const std::string kept =
      redact_body(R"({"card":{"number":"4242424242424242","cvc":"123","amount":12)", nullptr);
  EXPECT_EQ(kept.find("4242"), std::string::npos) << kept;
  EXPECT_EQ(kept.find("123"), std::string::npos) << kept;
  EXPECT_NE(kept.find("\"amount\":12"), std::string::npos) << kept;
}

TEST(ExchangeLog, AMistypedCardNumberIsTakenOutByItsFieldsName) {
  EXPECT_EQ(redact_body(R"({"card":{"number":"4242424242424241"}})", nullptr),
            R"({"card":{"number":"[redacted]"}})");
}

TEST(ExchangeLog, ABodyIsCutAtEightKibibytes) {
  EXPECT_LE(redact_body(std::string(100'000, 'x'), nullptr).size(), 8u * 1024);
}

TEST(ExchangeLog, HeadersLoseCredentialsAndKeepTheIdempotencyKey) {
  const Headers kept = redact_headers(
      {{"Authorization", "Bearer sk_1"}, {"X-API-Key", "k"}, {"Idempotency-Key", "att_1"}}, nullptr);
  EXPECT_EQ(kept.at("Authorization"), "[redacted]");
  EXPECT_EQ(kept.at("X-API-Key"), "[redacted]");
  EXPECT_EQ(kept.at("Idempotency-Key"), "att_1");
}

TEST(ExchangeLog, UrlsLoseSecretParameters) {
  EXPECT_EQ(redact_url("https://a.example/x?id=1&access_token=t", nullptr),
            "https://a.example/x?id=1&access_token=[redacted]");
}

TEST(ExchangeLog, TheCallerAddsNamesOfItsOwn) {
  const IsSecret more = [](const std::string& name) { return name == "nickname"; };
  EXPECT_EQ(redact_body(R"({"nickname":"bo"})", more), R"({"nickname":"[redacted]"})");
}

}  // namespace
}  // namespace florin
