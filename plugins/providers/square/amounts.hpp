// How Square writes amounts: {"amount": 1200, "currency": "EUR"}, in the currency's smallest unit. From
// "Money" in Square's API 2025-08-20.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <florin/json.hpp>
#include <florin/money.hpp>

namespace florin::square {

// Of the countries in which Square takes payments (US, CA, GB, IE, FR, ES, AU, JP). For all of them Square's
// smallest unit is ISO 4217's.
inline std::vector<std::string> currencies() { return {"AUD", "CAD", "EUR", "GBP", "JPY", "USD"}; }

inline Json to_square(Money amount) {
  return {{"amount", amount.minor()}, {"currency", std::string(amount.currency().code())}};
}

// Nothing when it is absent, no whole number or in a currency that we do not know.
inline std::optional<Money> money_at(const Json& json, std::string_view path) {
  const Json* money = find(json, path);
  if (money == nullptr) return std::nullopt;
  const auto count = integer_at(*money, "amount");
  const auto currency = Currency::parse(text_at(*money, "currency"));
  if (!count || !currency) return std::nullopt;
  return Money(*count, *currency);
}

}  // namespace florin::square
