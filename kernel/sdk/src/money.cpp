// Arithmetic on amounts: checked in 64 bits, through 128 where a product is divided again.
#include <florin/money.hpp>

#include <algorithm>
#include <numeric>

namespace florin {
namespace {

__extension__ typedef __int128 Wide;

Error invalid_amount(std::string_view why, Currency currency) {
  return Error{Error::Kind::kInvalid,
               "the amount " + std::string(why) + " (" + std::string(currency.code()) + ")", "invalid_amount",
               "amount"};
}

Error too_large(Currency currency) {
  return Error{Error::Kind::kInvalid,
               "the amount does not fit 64 bits of minor units (" + std::string(currency.code()) + ")",
               "amount_too_large", "amount"};
}

Error mismatch(Money a, Money b) {
  return Error{Error::Kind::kInvalid,
               std::string(a.currency().code()) + " and " + std::string(b.currency().code()) + " do not mix",
               "currency_mismatch", "currency"};
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

}  // namespace

Result<Money> Money::parse(std::string_view text, Currency currency) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  const auto places = static_cast<std::size_t>(currency.exponent());
  const std::size_t whole = digits.size() - std::min(digits.size(), places == 0 ? 0 : places + 1);
  if (whole == 0 || (places > 0 && digits[whole] != '.'))
    return invalid_amount("needs exactly " + std::to_string(places) + " decimal places", currency);
  if (whole > 1 && digits[0] == '0') return invalid_amount("has leading zeros", currency);

  // Counted downwards: the smallest number has no positive twin.
  std::int64_t minor = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == whole) continue;  // The point.
    if (!is_digit(digits[i]))
      return invalid_amount("is digits, with a point before the minor units", currency);
    if (__builtin_mul_overflow(minor, 10, &minor) || __builtin_sub_overflow(minor, digits[i] - '0', &minor))
      return too_large(currency);
  }
  if (negative) {
    if (minor == 0) return invalid_amount("is zero with a minus sign", currency);
    return Money(minor, currency);
  }
  if (__builtin_sub_overflow(0, minor, &minor)) return too_large(currency);
  return Money(minor, currency);
}

std::string Money::text() const {
  std::string digits = std::to_string(minor_);
  const auto places = static_cast<std::size_t>(currency_.exponent());
  if (places == 0) return digits;
  const std::size_t sign = minor_ < 0 ? 1 : 0;
  if (digits.size() - sign <= places) digits.insert(sign, places + 1 - (digits.size() - sign), '0');
  digits.insert(digits.size() - places, 1, '.');
  return digits;
}

Result<Money> Money::plus(Money a, Money b) {
  if (a.currency_ != b.currency_) return mismatch(a, b);
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.minor_, b.minor_, &sum)) return too_large(a.currency_);
  return Money(sum, a.currency_);
}

Result<Money> Money::minus(Money a, Money b) {
  if (a.currency_ != b.currency_) return mismatch(a, b);
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(a.minor_, b.minor_, &difference)) return too_large(a.currency_);
  return Money(difference, a.currency_);
}

Result<Money> Money::times(Money a, std::int64_t count) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a.minor_, count, &product)) return too_large(a.currency_);
  return Money(product, a.currency_);
}

Result<Money> Money::fraction(Money a, std::int64_t numerator, std::int64_t denominator) {
  FLORIN_CHECK(denominator > 0, "a fraction's denominator is positive");
  const Wide product = static_cast<Wide>(a.minor_) * numerator;
  Wide quotient = product / denominator;
  // Division cut towards zero; what was cut has the product's sign.
  const Wide cut = product % denominator;
  const Wide twice = 2 * (cut < 0 ? -cut : cut);
  const bool odd = quotient % 2 != 0;
  if (twice > denominator || (twice == denominator && odd)) quotient += product < 0 ? -1 : 1;
  if (quotient > INT64_MAX || quotient < INT64_MIN) return too_large(a.currency_);
  return Money(static_cast<std::int64_t>(quotient), a.currency_);
}

std::vector<Money> Money::allocate(std::span<const std::int64_t> weights) const {
  Wide total = 0;
  for (const std::int64_t weight : weights) {
    FLORIN_CHECK(weight >= 0, "a weight is not negative");
    total += weight;
  }
  FLORIN_CHECK(total > 0, "an amount is allocated to somebody");
  const Wide magnitude = minor_ < 0 ? -static_cast<Wide>(minor_) : static_cast<Wide>(minor_);

  std::vector<Wide> shares, remainders;
  Wide left = magnitude;
  for (const std::int64_t weight : weights) {
    shares.push_back(magnitude * weight / total);
    remainders.push_back(magnitude * weight % total);
    left -= shares.back();
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  // What is left is less than the count of parts with a remainder: nobody gets two.
  for (std::size_t i = 0; left > 0; ++i, --left) ++shares[order[i]];

  std::vector<Money> parts;
  parts.reserve(shares.size());
  for (const Wide share : shares)
    parts.push_back(Money(static_cast<std::int64_t>(minor_ < 0 ? -share : share), currency_));
  return parts;
}

Money operator+(Money a, Money b) {
  const Result<Money> sum = Money::plus(a, b);
  FLORIN_CHECK(sum, "convert before adding, and bound what comes from outside");
  return *sum;
}

Money operator-(Money a, Money b) {
  const Result<Money> difference = Money::minus(a, b);
  FLORIN_CHECK(difference, "convert before subtracting, and bound what comes from outside");
  return *difference;
}

Money operator-(Money a) { return Money::zero(a.currency()) - a; }

std::strong_ordering operator<=>(Money a, Money b) {
  FLORIN_CHECK(a.currency() == b.currency(), "convert before comparing");
  return a.minor() <=> b.minor();
}

}  // namespace florin
