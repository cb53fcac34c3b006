// The currencies of Adyen's table that are in use, with the four that it counts in its own way.
#include "currencies.hpp"

#include <algorithm>
#include <array>

namespace florin::adyen {
namespace {

// Counted as ISO 4217 counts them.
constexpr auto kAsIso = std::to_array<std::string_view>({
    "AED", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BHD", "BMD", "BND", "BOB",
    "BRL", "BSD", "BWP", "BYN", "BZD", "CAD", "CHF", "CNY", "COP", "CRC", "CZK", "DJF", "DKK", "DOP", "DZD",
    "EGP", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL",
    "HTG", "HUF", "ILS", "INR", "IQD", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KRW", "KWD", "KYD",
    "KZT", "LAK", "LBP", "LKR", "LYD", "MAD", "MDL", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK",
    "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR",
    "PLN", "PYG", "QAR", "RON", "RSD", "RWF", "SAR", "SBD", "SCR", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD",
    "STN", "SZL", "THB", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VND",
    "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW",
});
// No decimals in ISO 4217, two at Adyen.
constexpr auto kTwoDecimals = std::to_array<std::string_view>({"CLP", "ISK"});
// Two decimals in ISO 4217, none at Adyen.
constexpr auto kNoDecimals = std::to_array<std::string_view>({"CVE", "IDR"});

constexpr std::int64_t kHundred = 100;

bool is_in(const auto& codes, std::string_view code) { return std::ranges::find(codes, code) != codes.end(); }

Error cannot_say(Money amount) {
  return Error{Error::Kind::kInvalid,
               "Adyen cannot take exactly " + amount.text() + " " + std::string(amount.currency().code()) +
                   ": see its table of currencies",
               "amount_invalid", "amount"};
}

}  // namespace

std::vector<std::string> currencies() {
  std::vector<std::string> codes(kAsIso.begin(), kAsIso.end());
  codes.insert(codes.end(), kTwoDecimals.begin(), kTwoDecimals.end());
  codes.insert(codes.end(), kNoDecimals.begin(), kNoDecimals.end());
  return codes;
}

Result<std::int64_t> to_adyen_value(Money amount) {
  const std::string_view code = amount.currency().code();
  std::int64_t value = amount.minor();
  if (value <= 0) return cannot_say(amount);
  if (is_in(kAsIso, code)) return value;
  if (is_in(kTwoDecimals, code)) {
    if (__builtin_mul_overflow(amount.minor(), kHundred, &value)) return cannot_say(amount);
    return value;
  }
  if (is_in(kNoDecimals, code)) {
    if (value % kHundred != 0) return cannot_say(amount);
    return value / kHundred;
  }
  return Error{Error::Kind::kInvalid, "Adyen does not take " + std::string(code), "currency_not_supported",
               "currency"};
}

std::optional<Money> from_adyen_value(std::int64_t value, std::string_view code) {
  const auto currency = Currency::parse(code);
  if (!currency) return std::nullopt;
  std::int64_t minor = value;
  if (is_in(kTwoDecimals, currency->code())) {
    if (value % kHundred != 0) return std::nullopt;
    minor = value / kHundred;
  } else if (is_in(kNoDecimals, currency->code())) {
    if (__builtin_mul_overflow(value, kHundred, &minor)) return std::nullopt;
  } else if (!is_in(kAsIso, currency->code())) {
    return std::nullopt;
  }
  return Money(minor, *currency);
}

}  // namespace florin::adyen
