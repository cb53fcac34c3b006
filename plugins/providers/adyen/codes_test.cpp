// Adyen's own counts of four currencies, and its result and refusal codes in our words.
#include <gtest/gtest.h>

#include <set>

#include "currencies.hpp"
#include "published_contract.hpp"
#include "wire.hpp"

namespace florin::adyen {
namespace {

const Currency kEuro = Currency::of("EUR");

struct Counted {
  std::string_view code;
  std::int64_t minor, at_adyen;
};
TEST(AdyenCurrencies, CountsEachCurrencyAsAdyenDoesAndBack) {
  const Counted all[] = {{"EUR", 1200, 1200}, {"JPY", 500, 500},     {"KWD", 1235, 1235}, {"CLP", 5, 500},
                         {"ISK", 7, 700},     {"IDR", 150000, 1500}, {"CVE", 300, 3}};
  for (const auto& [code, minor, at_adyen] : all) {
    const auto sent = to_adyen_value(Money(minor, Currency::of(code)));
    ASSERT_TRUE(sent) << code;
    EXPECT_EQ(*sent, at_adyen) << code;
    EXPECT_EQ(from_adyen_value(at_adyen, code), Money(minor, Currency::of(code))) << code;
  }
}

TEST(AdyenCurrencies, RefusesWhatItCannotSayExactly) {
  EXPECT_FALSE(to_adyen_value(Money(1250, Currency::of("CVE")))) << "12.50 has no whole escudos";
  EXPECT_FALSE(to_adyen_value(Money(INT64_MAX / 50, Currency::of("CLP"))));
  EXPECT_FALSE(to_adyen_value(Money(0, kEuro)));
  EXPECT_FALSE(to_adyen_value(Money(-1, kEuro)));
  EXPECT_FALSE(to_adyen_value(Money(1, Currency::of("BTC"))));
  EXPECT_FALSE(from_adyen_value(550, "ISK")) << "half a crown";
  EXPECT_FALSE(from_adyen_value(INT64_MAX / 50, "IDR"));
  EXPECT_FALSE(from_adyen_value(1, "XXX"));
}

TEST(AdyenCurrencies, EveryCurrencyOfTheDescriptorIsKnownToFlorinAndGoesBothWays) {
  std::set<std::string> seen;
  for (const std::string& code : currencies()) {
    EXPECT_TRUE(seen.insert(code).second) << code;
    const auto currency = Currency::parse(code);
    ASSERT_TRUE(currency) << code;
    const Money amount(120'000, *currency);
    const auto value = to_adyen_value(amount);
    ASSERT_TRUE(value) << code;
    EXPECT_EQ(from_adyen_value(*value, code), amount) << code;
  }
}

TEST(AdyenCodes, EveryDocumentedRefusalHasOneReason) {
  for (const auto* codes : {&refusal_codes(), &card_errors()}) {
    std::set<std::string_view> seen;
    for (const DeclineCode& each : *codes) {
      EXPECT_TRUE(seen.insert(each.code).second) << each.code << " stands twice";
      EXPECT_NE(each.reason, DeclineReason::kOther) << each.code;
    }
  }
  EXPECT_FALSE(reason_of(refusal_codes(), "987"));
}

TEST(AdyenCodes, EveryResultCodeOfTheContractHasAMeaning) {
  const std::string text = contract("CheckoutService-v71.trimmed.json");
  if (text.empty()) GTEST_SKIP() << kNoContract;
  const Json document = Json::parse(text);
  std::set<std::string> known, published;
  for (const ResultCode& each : result_codes()) known.insert(std::string(each.code));
  for (const std::string schema : {"PaymentResponse", "PaymentDetailsResponse"})
    for (const Json& code :
         document.at("components").at("schemas").at(schema).at("properties").at("resultCode").at("enum"))
      published.insert(code.get<std::string>());

  EXPECT_EQ(known, published);
}

}  // namespace
}  // namespace florin::adyen
