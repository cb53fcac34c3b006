// What the redactor takes out, in every notation that a log line or a provider's body may have, and what it
// leaves in.
#include "kernel/platform/logging/redact.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace florin {
namespace {

TEST(Redact, CardNumbersInAnyGrouping) {
  EXPECT_EQ(redact("4242424242424242"), "[redacted]");
  EXPECT_EQ(redact("card 4242 4242 4242 4242 declined"), "card [redacted] declined");
  EXPECT_EQ(redact("4242-4242-4242-4242,x"), "[redacted],x");
  EXPECT_EQ(redact("number=4242+4242+4242+4242&exp=12"), "number=[redacted]&exp=12");
  EXPECT_EQ(redact("378282246310005"), "[redacted]") << "15 digits, American Express";
  EXPECT_EQ(redact("4222222222222"), "[redacted]") << "13 digits";
  EXPECT_EQ(redact("6304000000000000000"), "[redacted]") << "19 digits, Maestro";
  EXPECT_EQ(redact("a4242424242424242b"), "a[redacted]b");
}

TEST(Redact, CardNumbersBesideOtherDigits) {
  for (const std::string_view text :
       {"12 4242424242424242", "4242424242424242 12/30", "4242424242424242 4000000000000002",
        "42424242424242424000000000000002", "1 2 3 4242424242424242 314"})
    EXPECT_EQ(redact(text).find("4242424"), std::string::npos) << redact(text);
}

TEST(Redact, LeavesOrdinaryNumbers) {
  for (const std::string_view text :
       {"4242424242424241", "1234567890123", "amount 1250 EUR", "2026-11-20T18:08:22.123Z",
        "pay_019d2fa3c1b27b3a8e1c9d5f3a2b1c0d", "+44 20 7946 0958", "123456789012", "took 1795198102 us",
        "1795198102123456", "127.0.0.1:8080"})
    EXPECT_EQ(redact(text), text);
}

TEST(Redact, Keys) {
  EXPECT_EQ(redact("key sk_test_lisbon_books."), "key [redacted]");
  EXPECT_EQ(redact("(pk_live_0aZ9) (whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw==) ak_0123456789"),
            "([redacted]) ([redacted]) [redacted]");
  EXPECT_EQ(redact("bearer eyJhbGci.eyJpc3Mi.c2ln and more"), "bearer [redacted] and more");
  EXPECT_EQ(redact("pay_1_secret_9fQ2 is opened"), "pay_1_secret_[redacted] is opened");
  EXPECT_EQ(redact("the task_runner of disk_cleaner, sk_ alone"),
            "the task_runner of disk_cleaner, sk_ alone");
}

TEST(Redact, FieldsWithASecretNameInJson) {
  EXPECT_EQ(redact(R"({"cvc":"314","exp_month":12})"), R"({"cvc":"[redacted]","exp_month":12})");
  EXPECT_EQ(redact(R"({"cvc": 314, "x": 1})"), R"({"cvc": [redacted], "x": 1})");
  EXPECT_EQ(redact(R"({"password":"a\"b\\","n":1})"), R"({"password":"[redacted]","n":1})");
  EXPECT_EQ(redact(R"({"body":"{\"card\":{\"securityCode\":\"314\"}}"})"),
            R"({"body":"{\"card\":{\"securityCode\":\"[redacted]\"}}"})");
  EXPECT_EQ(redact(R"("{\"secret\":\"a\\\"b\\\\\",\"n\":1}")"), R"("{\"secret\":\"[redacted]\",\"n\":1}")");
  EXPECT_EQ(redact(R"({"access_token":"A21AAF","token_type":"Bearer"})"),
            R"({"access_token":"[redacted]","token_type":"Bearer"})");
  EXPECT_EQ(redact(R"({"token":{"id":"x","cvv":"314"}})"), R"({"token":{"id":"x","cvv":"[redacted]"}})");
  EXPECT_EQ(redact(R"({"cvc":"31)"), R"({"cvc":"[redacted])") << "a body that was cut";
}

TEST(Redact, FieldsWithASecretNameInFormsAndHeaders) {
  EXPECT_EQ(redact("card[cvc]=314&card[exp_year]=2030"), "card[cvc]=[redacted]&card[exp_year]=2030");
  EXPECT_EQ(redact("card%5Bcvc%5D=314&a=b"), "card%5Bcvc%5D=[redacted]&a=b");
  EXPECT_EQ(redact("X-Api-Key: AQEyhmfx\r\nHost: a"), "X-Api-Key: [redacted]\r\nHost: a");
  EXPECT_EQ(redact("Authorization: Basic dXNlcjpwYXNz\nHost: a"), "Authorization: [redacted]\nHost: a");
}

TEST(Redact, LeavesFieldsThatOnlySoundLikeOne) {
  for (const std::string_view text : {R"({"cvc_check":"pass","shipping":"x","spinner":1})", "tokens=3", "cvc",
                                      "cvc=", R"({"cvc":""})", "secretary: Ann"})
    EXPECT_EQ(redact(text), text);
}

TEST(Redact, NamesOfSecrets) {
  for (const std::string_view name :
       {"cvc", "card[cvc]", "cardCvv2", "X-Api-Key", "client_secret", "PIN", "private_key"})
    EXPECT_TRUE(is_secret_name(name)) << name;
  for (const std::string_view name :
       {"", "cvc_check", "shipping", "company", "expand", "key", "idempotency_key"})
    EXPECT_FALSE(is_secret_name(name)) << name;
}

RC_GTEST_PROP(Redact, NeverLeavesACardNumberWhateverStandsAroundIt, (std::string before, std::string after)) {
  const std::string card = "4000056655665556";
  RC_ASSERT(redact(before + " " + card + " " + after).find(card) == std::string::npos);
  RC_ASSERT(redact(before + "x" + card + "/" + after).find(card) == std::string::npos);
  RC_ASSERT(redact(before + "\"cvc\":\"" + card).find(card) == std::string::npos);
}

TEST(Redact, TakesTimeLinearInTheText) {
  // Quadratic work on any of these would take minutes.
  for (const std::string_view part :
       {"4", "4 ", "sk_", "\\", "cvc\"", "cvc:", "_secret_", "bearer ", "a", "\"cvc\":\"\\"}) {
    std::string text;
    while (text.size() < 200'000) text += part;
    EXPECT_LE(redact(text).size(), 11 * text.size()) << part;
  }
}

}  // namespace
}  // namespace florin
