// Amounts from text: what Money::parse() takes is exactly what Money::text() writes, in every currency and
// nowhere else; and the arithmetic of what was parsed agrees with a wider one. Input: a currency's code, a
// blank, an amount, and after another blank a second amount.
#include <florin/money.hpp>

#include <array>
#include <numeric>

#include "tests/fuzz/support/fuzz.hpp"

namespace florin {
namespace {

__extension__ typedef __int128 Wide;

std::string_view word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view first = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return first;
}

// The same grammar read a second time, by digits: nothing when the text is no amount of this exponent.
bool is_amount(std::string_view text, int exponent) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  const std::size_t point = exponent == 0 ? text.size() : text.find('.');
  if (point == std::string_view::npos || point == 0) return false;
  if (exponent > 0 && text.size() - point - 1 != static_cast<std::size_t>(exponent)) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i != point && (text[i] < '0' || text[i] > '9')) return false;
  return point == 1 || text.front() != '0';
}

void round_trip(std::string_view text, Currency currency) {
  const Result<Money> money = Money::parse(text, currency);
  if (!money) {
    FLORIN_CHECK(money.error().kind == Error::Kind::kInvalid, "what is no amount is the caller's mistake");
    const bool too_large = money.error().code == "amount_too_large";
    const bool minus_zero = text.starts_with('-') && text.find_first_not_of("-0.") == std::string_view::npos;
    FLORIN_CHECK(too_large ? text.size() >= 19 : !is_amount(text, currency.exponent()) || minus_zero,
                 "an amount was refused");
    return;
  }
  FLORIN_CHECK(is_amount(text, currency.exponent()), "what is no amount was taken");
  FLORIN_CHECK(money->text() == text, "an amount has exactly one spelling");
  FLORIN_CHECK(*Money::parse(money->text(), currency) == *money, "what is written reads back");
}

void arithmetic(Money a, Money b) {
  const Wide sum = Wide(a.minor()) + b.minor();
  const bool fits = sum >= INT64_MIN && sum <= INT64_MAX;
  const Result<Money> plus = Money::plus(a, b);
  FLORIN_CHECK(plus.has_value() == fits && (!fits || plus->minor() == sum), "plus is exact or refuses");

  // |a * b / d - exact| <= 1/2, told without a fraction: |2 * (q * d - a * b)| <= d.
  const std::int64_t denominator = b.minor() > 0 ? b.minor() : 1000;
  const std::int64_t numerator = a.minor() % 1000;
  if (const Result<Money> part = Money::fraction(a, numerator, denominator)) {
    const Wide off = Wide(part->minor()) * denominator - Wide(a.minor()) * numerator;
    FLORIN_CHECK(2 * (off < 0 ? -off : off) <= denominator, "a fraction is rounded to the nearest");
  }

  const std::array<std::int64_t, 4> weights{b.minor() < 0 ? 0 : b.minor(), 0, 1, 7};
  const std::vector<Money> parts = a.allocate(weights);
  Wide total = 0;
  for (const Money part : parts) {
    total += part.minor();
    FLORIN_CHECK(part.is_zero() || part.is_negative() == a.is_negative(), "a part has the whole's sign");
  }
  FLORIN_CHECK(total == a.minor(), "the parts sum to the whole");
  FLORIN_CHECK(parts[1].is_zero(), "who has no weight gets nothing");
}

}  // namespace

void fuzz_one(std::string_view input) {
  const Result<Currency> currency = Currency::parse(word(input));
  const std::string_view first = word(input), second = word(input);
  if (!currency) {
    for (const Currency each : Currency::all()) round_trip(first, each);
    return;
  }
  round_trip(first, *currency);
  round_trip(second, *currency);
  const Result<Money> a = Money::parse(first, *currency), b = Money::parse(second, *currency);
  if (a && b) arithmetic(*a, *b);
}

}  // namespace florin
