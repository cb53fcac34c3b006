// Amounts of money: an integer count of minor units with its currency (law 4). No floating point here,
// nor in any file that decides about money. Exponents are ISO 4217:2015 with amendments to 2026 (0, 2,
// 3 or 4 places) and, for crypto assets, BTC 8, ETH 9, USDC 6, USDT 6 on every chain.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <florin/export.hpp>
#include <florin/result.hpp>

namespace florin {

class FLORIN_SDK_API Currency {
 public:
  // "EUR" or "eur"; an unknown code is an Error (kInvalid, "unknown_currency").
  static Result<Currency> parse(std::string_view code);
  // For codes that we wrote ourselves; an unknown one is our bug.
  static Currency of(std::string_view code);
  // Every currency there is, in order of its code.
  static std::vector<Currency> all();

  std::string_view code() const;  // Upper case, static storage.
  int exponent() const;           // Decimal places of the minor unit, 0 to 9.

  friend bool operator==(Currency, Currency) = default;
  friend auto operator<=>(Currency, Currency) = default;

 private:
  explicit Currency(std::uint16_t index) : index_(index) {}
  std::uint16_t index_;  // Into the one table, in currency.cpp.
};

class FLORIN_SDK_API Money {
 public:
  Money(std::int64_t minor, Currency currency) : minor_(minor), currency_(currency) {}
  static Money zero(Currency currency) { return {0, currency}; }

  // The edge: text becomes Money here or is refused. It has exactly the currency's places: "12.50" is EUR,
  // "12", "12.5" and "12.505" are not, "1e3", "+1", " 1", "01.00", "-0.00" neither. A minus sign is allowed.
  // Errors: kInvalid, "invalid_amount", or "amount_too_large" beyond 64 bits.
  static Result<Money> parse(std::string_view text, Currency currency);

  std::int64_t minor() const { return minor_; }
  Currency currency() const { return currency_; }
  // "12.50": what parse() reads back. No currency sign, no grouping.
  std::string text() const;
  bool is_zero() const { return minor_ == 0; }
  bool is_negative() const { return minor_ < 0; }

  // For numbers that came from outside: another currency or an overflow is an Error, not our end.
  static Result<Money> plus(Money a, Money b);
  static Result<Money> minus(Money a, Money b);
  static Result<Money> times(Money a, std::int64_t count);
  // a * numerator / denominator, rounded half to even, through 128 bits. denominator > 0.
  static Result<Money> fraction(Money a, std::int64_t numerator, std::int64_t denominator);

  // Parts that sum to this exactly, in proportion to the weights; what does not divide goes by largest
  // remainder, ties to the earlier. Weights are >= 0 with a positive sum, or it is our bug.
  std::vector<Money> allocate(std::span<const std::int64_t> weights) const;

  // For values already bounded. Euros plus dollars here is our bug: a check, not an Error.
  friend FLORIN_SDK_API Money operator+(Money a, Money b);
  friend FLORIN_SDK_API Money operator-(Money a, Money b);
  friend FLORIN_SDK_API Money operator-(Money a);
  friend bool operator==(Money, Money) = default;
  // Compares amounts of one currency; of two is our bug.
  friend FLORIN_SDK_API std::strong_ordering operator<=>(Money a, Money b);

 private:
  std::int64_t minor_;
  Currency currency_;
};

}  // namespace florin
