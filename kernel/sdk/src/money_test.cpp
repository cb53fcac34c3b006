// What an amount is: exact, of one currency, refused when it does not fit (law 4).
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <random>
#include <set>

#include <florin/money.hpp>

namespace florin {
namespace {

__extension__ typedef __int128 Wide;

const Currency kEuro = Currency::of("EUR");

std::string code_of_refusal(std::string_view text, Currency currency) {
  const Result<Money> money = Money::parse(text, currency);
  return money ? "accepted as " + money->text() : money.error().code;
}

TEST(Currency, HasTheMinorUnitsOfIso4217) {
  const std::pair<std::string_view, int> some[] = {
      {"EUR", 2}, {"USD", 2}, {"JPY", 0}, {"KRW", 0}, {"UGX", 0},  {"ISK", 0}, {"KWD", 3},
      {"BHD", 3}, {"TND", 3}, {"CLF", 4}, {"UYW", 4}, {"MRU", 2},  {"MGA", 2}, {"HUF", 2},
      {"XCG", 2}, {"ZWG", 2}, {"BTC", 8}, {"ETH", 9}, {"USDC", 6}, {"USDT", 6}};
  for (const auto& [code, exponent] : some) EXPECT_EQ(Currency::of(code).exponent(), exponent) << code;
}

TEST(Currency, EveryCodeIsFoundInEitherCaseAndStandsThereOnce) {
  std::set<std::string_view> seen;
  for (const Currency currency : Currency::all()) {
    std::string lower;
    for (const char letter : currency.code()) lower += static_cast<char>(std::tolower(letter));
    EXPECT_EQ(*Currency::parse(currency.code()), currency);
    EXPECT_EQ(*Currency::parse(lower), currency);
    seen.insert(currency.code());
  }
  EXPECT_EQ(seen.size(), Currency::all().size());
  EXPECT_EQ(seen.size(), 165U + 4U);
}

TEST(Currency, UnknownAndWithdrawnCodesAreRefused) {
  for (const std::string_view code :
       {"", "E", "EU", "EURO", "EUROS", "XXX", "XAU", "HRK", "DEM", "BGN", "EU\xC3", "eu "}) {
    const Result<Currency> currency = Currency::parse(code);
    ASSERT_FALSE(currency) << code;
    EXPECT_EQ(currency.error().code, "unknown_currency");
  }
}

TEST(MoneyParse, WantsExactlyTheCurrencysPlaces) {
  EXPECT_EQ(Money::parse("12.50", kEuro)->minor(), 1250);
  EXPECT_EQ(Money::parse("0.00", kEuro)->minor(), 0);
  EXPECT_EQ(Money::parse("-0.01", kEuro)->minor(), -1);
  EXPECT_EQ(Money::parse("500", Currency::of("JPY"))->minor(), 500);
  EXPECT_EQ(Money::parse("1.234", Currency::of("KWD"))->minor(), 1234);
  EXPECT_EQ(Money::parse("0.00000001", Currency::of("BTC"))->minor(), 1);
  for (const std::string_view text :
       {"",     "-",      ".",     "12",    "12.",   "12.5",       "12.505", ".50",
        "1e3",  "+1.00",  " 1.00", "1.00 ", "01.00", "-0.00",      "--1.00", "1,00",
        "1.0a", "0x1.00", "1.-5",  "1 .00", "NaN",   "\xD9\xA1.00"})
    EXPECT_EQ(code_of_refusal(text, kEuro), "invalid_amount") << text;
  for (const std::string_view text : {"", "-", "-0", "1.0", "00", "1."})
    EXPECT_EQ(code_of_refusal(text, Currency::of("JPY")), "invalid_amount") << text;
}

TEST(MoneyParse, EndsWhereSixtyFourBitsEnd) {
  EXPECT_EQ(Money::parse("92233720368547758.07", kEuro)->minor(), INT64_MAX);
  EXPECT_EQ(Money::parse("-92233720368547758.08", kEuro)->minor(), INT64_MIN);
  EXPECT_EQ(code_of_refusal("92233720368547758.08", kEuro), "amount_too_large");
  EXPECT_EQ(code_of_refusal("-92233720368547758.09", kEuro), "amount_too_large");
  EXPECT_EQ(code_of_refusal("99999999999999999999999999.00", kEuro), "amount_too_large");
}

RC_GTEST_PROP(MoneyText, ReadsBackInEveryCurrency, (std::int64_t minor)) {
  for (const Currency currency : Currency::all()) {
    for (const std::int64_t amount : {minor, minor % 1000, INT64_MIN, INT64_MAX}) {
      const Money money(amount, currency);
      const Result<Money> read = Money::parse(money.text(), currency);
      RC_ASSERT(read.has_value());
      RC_ASSERT(*read == money);
    }
  }
}

TEST(MoneyArithmetic, AnotherCurrencyOrAnOverflowIsAnError) {
  const Money most(INT64_MAX, kEuro), least(INT64_MIN, kEuro), one(1, kEuro), yen(1, Currency::of("JPY"));
  EXPECT_EQ(Money::plus(one, yen).error().code, "currency_mismatch");
  EXPECT_EQ(Money::minus(one, yen).error().code, "currency_mismatch");
  EXPECT_EQ(Money::plus(most, one).error().code, "amount_too_large");
  EXPECT_EQ(Money::minus(least, one).error().code, "amount_too_large");
  EXPECT_EQ(Money::times(most, 2).error().code, "amount_too_large");
  EXPECT_EQ(Money::times(least, -1).error().code, "amount_too_large");
  EXPECT_EQ(Money::fraction(most, 2, 1).error().code, "amount_too_large");
  EXPECT_EQ(Money::plus(most, Money(-1, kEuro))->minor(), INT64_MAX - 1);
  EXPECT_EQ(Money::times(one, -7)->minor(), -7);
  EXPECT_EQ(Money::fraction(most, 3, 3)->minor(), INT64_MAX);
}

TEST(MoneyArithmeticDeathTest, MixingCurrenciesInOurOwnCodeStopsTheProcess) {
  const Money euro(1, kEuro), yen(1, Currency::of("JPY"));
  EXPECT_DEATH(static_cast<void>(euro + yen), "convert before adding");
  EXPECT_DEATH(static_cast<void>(euro - yen), "convert before subtracting");
  EXPECT_DEATH(static_cast<void>(euro < yen), "convert before comparing");
  EXPECT_DEATH(static_cast<void>(-Money(INT64_MIN, kEuro)), "FLORIN_CHECK");
  EXPECT_DEATH(static_cast<void>(Currency::of("EURO")), "our own source");
}

TEST(MoneyFraction, RoundsHalfToEven) {
  const auto half = [](std::int64_t minor) { return Money::fraction(Money(minor, kEuro), 1, 2)->minor(); };
  EXPECT_EQ(half(1), 0);
  EXPECT_EQ(half(3), 2);
  EXPECT_EQ(half(5), 2);
  EXPECT_EQ(half(-1), 0);
  EXPECT_EQ(half(-3), -2);
  EXPECT_EQ(half(-5), -2);
  EXPECT_EQ(Money::fraction(Money(10'000, kEuro), 29, 1000)->minor(), 290);
}

RC_GTEST_PROP(MoneyFraction, IsTheNearestAmount, (std::int64_t minor, std::int32_t numerator)) {
  const auto denominator = *rc::gen::inRange<std::int64_t>(1, INT64_MAX);
  const Result<Money> part = Money::fraction(Money(minor, kEuro), numerator, denominator);
  RC_PRE(part.has_value());
  Wide off = static_cast<Wide>(minor) * numerator - static_cast<Wide>(part->minor()) * denominator;
  if (off < 0) off = -off;
  RC_ASSERT(2 * off <= denominator);
  RC_ASSERT(2 * off < denominator || part->minor() % 2 == 0);
}

TEST(MoneyAllocate, GivesWhatDoesNotDivideByLargestRemainderAndTiesToTheEarlier) {
  const auto minors = [](std::int64_t minor, std::vector<std::int64_t> weights) {
    std::vector<std::int64_t> out;
    for (const Money part : Money(minor, kEuro).allocate(weights)) out.push_back(part.minor());
    return out;
  };
  EXPECT_EQ(minors(100, {1, 1, 1}), (std::vector<std::int64_t>{34, 33, 33}));
  EXPECT_EQ(minors(-100, {1, 1, 1}), (std::vector<std::int64_t>{-34, -33, -33}));
  EXPECT_EQ(minors(100, {1, 6, 2}), (std::vector<std::int64_t>{11, 67, 22}));
  EXPECT_EQ(minors(5, {0, 1, 0}), (std::vector<std::int64_t>{0, 5, 0}));
  EXPECT_EQ(minors(1, {INT64_MAX, INT64_MAX}), (std::vector<std::int64_t>{1, 0}));
  EXPECT_EQ(minors(INT64_MIN, {1}), (std::vector<std::int64_t>{INT64_MIN}));
}

TEST(MoneyAllocate, PartsOfManyRandomSplitsSumToTheWhole) {
  std::mt19937_64 random(20261120);
  for (int round = 0; round < 100'000; ++round) {
    const Money whole(static_cast<std::int64_t>(random()) >> random() % 64, kEuro);
    std::vector<std::int64_t> weights(1 + random() % 8);
    for (std::int64_t& weight : weights) weight = static_cast<std::int64_t>(random() >> (1 + random() % 63));
    weights[0] += weights[0] == 0 ? 1 : 0;
    Wide sum = 0;
    for (const Money part : whole.allocate(weights)) {
      ASSERT_FALSE(whole.minor() >= 0 && part.is_negative()) << "a part has the other sign";
      sum += part.minor();
    }
    ASSERT_TRUE(sum == whole.minor());
  }
}

TEST(MoneyAllocateDeathTest, NobodyToAllocateToIsOurBug) {
  EXPECT_DEATH(static_cast<void>(Money(1, kEuro).allocate(std::vector<std::int64_t>{})), "somebody");
  EXPECT_DEATH(static_cast<void>(Money(1, kEuro).allocate(std::vector<std::int64_t>{2, -1})), "negative");
}

}  // namespace
}  // namespace florin
