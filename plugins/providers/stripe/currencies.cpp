// The table of Stripe's currencies with the exponent that Stripe itself counts in. From its documentation
// "Supported currencies"; currencies that have since been withdrawn (HRK, ANG, STD, BGN) are left out.
#include "currencies.hpp"

#include <array>

namespace florin::stripe {
namespace {

constexpr std::int64_t kLargestAmount = 99'999'999;  // "The amount value supports up to eight digits."

struct Rule {
  std::string_view code;
  int exponent;       // In which Stripe counts it.
  std::int64_t step;  // What its count must be a multiple of.
};

// Everything that is not listed here is counted with two decimals.
constexpr auto kSpecial = std::to_array<Rule>({
    // Zero-decimal. MGA has two in ISO 4217, so only whole ariary can be said.
    {"BIF", 0, 1},
    {"CLP", 0, 1},
    {"DJF", 0, 1},
    {"GNF", 0, 1},
    {"JPY", 0, 1},
    {"KMF", 0, 1},
    {"KRW", 0, 1},
    {"MGA", 0, 1},
    {"PYG", 0, 1},
    {"RWF", 0, 1},
    {"VND", 0, 1},
    {"VUV", 0, 1},
    {"XAF", 0, 1},
    {"XOF", 0, 1},
    {"XPF", 0, 1},
    // "Special case": zero decimals in life, two on the wire for compatibility, the last two always 00.
    {"ISK", 2, 100},
    {"UGX", 2, 100},
    // Three-decimal: "the least significant digit must be 0".
    {"BHD", 3, 10},
    {"JOD", 3, 10},
    {"KWD", 3, 10},
    {"OMR", 3, 10},
    {"TND", 3, 10},
});

constexpr auto kTwoDecimals = std::to_array<std::string_view>({
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BMD", "BND", "BOB",
    "BRL", "BSD", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC", "CVE", "CZK", "DKK", "DOP",
    "DZD", "EGP", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG",
    "HUF", "IDR", "ILS", "INR", "JMD", "KES", "KGS", "KHR", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL",
    "MAD", "MDL", "MKD", "MMK", "MNT", "MOP", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO",
    "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD",
    "SCR", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SZL", "THB", "TJS", "TOP", "TRY", "TTD", "TWD", "TZS",
    "UAH", "USD", "UYU", "UZS", "WST", "XCD", "YER", "ZAR", "ZMW",
});

std::optional<Rule> rule_of(std::string_view code) {
  for (const Rule& rule : kSpecial)
    if (rule.code == code) return rule;
  for (const std::string_view known : kTwoDecimals)
    if (known == code) return Rule{known, 2, 1};
  return std::nullopt;
}

std::int64_t power_of_ten(int exponent) {
  std::int64_t power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

// `count` at one exponent as a count at another; nothing when it overflows or would have to be rounded.
std::optional<std::int64_t> rescale(std::int64_t count, int from, int to) {
  std::int64_t scaled = 0;
  if (to >= from) {
    if (__builtin_mul_overflow(count, power_of_ten(to - from), &scaled)) return std::nullopt;
    return scaled;
  }
  const std::int64_t divisor = power_of_ten(from - to);
  if (count % divisor != 0) return std::nullopt;
  return count / divisor;
}

}  // namespace

std::vector<std::string> currencies() {
  std::vector<std::string> codes(kTwoDecimals.begin(), kTwoDecimals.end());
  for (const Rule& rule : kSpecial) codes.emplace_back(rule.code);
  return codes;
}

Result<std::int64_t> to_stripe_amount(Money amount) {
  const std::string code(amount.currency().code());
  const std::optional<Rule> rule = rule_of(code);
  if (!rule)
    return Error{Error::Kind::kInvalid, "Stripe does not take " + code, "currency_not_supported", "currency"};
  const auto count = rescale(amount.minor(), amount.currency().exponent(), rule->exponent);
  if (!count || *count <= 0 || *count > kLargestAmount || *count % rule->step != 0)
    return Error{
        Error::Kind::kInvalid,
        "Stripe cannot take exactly " + amount.text() + " " + code + ": see its rules for this currency",
        "amount_invalid", "amount"};
  return *count;
}

std::optional<Money> from_stripe_amount(std::int64_t count, std::string_view code) {
  const auto currency = Currency::parse(code);
  if (!currency) return std::nullopt;
  const std::optional<Rule> rule = rule_of(currency->code());
  if (!rule) return std::nullopt;
  const auto minor = rescale(count, rule->exponent, currency->exponent());
  if (!minor) return std::nullopt;
  return Money(*minor, *currency);
}

}  // namespace florin::stripe
