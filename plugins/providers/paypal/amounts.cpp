// PayPal's currencies and its way of writing them. RUB is left out: PayPal suspended it in 2022.
#include "amounts.hpp"

#include <algorithm>
#include <array>

namespace florin::paypal {
namespace {

constexpr auto kCurrencies = std::to_array<std::string_view>({
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS",
    "JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD",
});

// "This currency does not support decimals. If you pass a decimal amount, an error occurs." ISO 4217 gives
// HUF and TWD two.
bool has_no_decimals(std::string_view code) { return code == "HUF" || code == "JPY" || code == "TWD"; }

}  // namespace

std::vector<std::string> currencies() { return {kCurrencies.begin(), kCurrencies.end()}; }

Result<Json> to_paypal_amount(Money amount) {
  const std::string code(amount.currency().code());
  if (std::find(kCurrencies.begin(), kCurrencies.end(), code) == kCurrencies.end())
    return Error{Error::Kind::kInvalid, "PayPal does not take " + code, "currency_not_supported", "currency"};
  std::string text = amount.text();
  if (has_no_decimals(code)) {
    const auto point = text.find('.');
    if (point != std::string::npos && text.find_first_not_of('0', point + 1) != std::string::npos)
      return Error{Error::Kind::kInvalid, "PayPal takes whole " + code + " only, not " + text,
                   "amount_invalid", "amount"};
    text.resize(std::min(point, text.size()));
  }
  if (amount.minor() <= 0)
    return Error{Error::Kind::kInvalid, "PayPal takes amounts above zero only", "amount_invalid", "amount"};
  return Json{{"currency_code", code}, {"value", text}};
}

std::optional<Money> from_paypal_amount(const Json& amount) {
  const auto currency = Currency::parse(text_at(amount, "currency_code"));
  if (!currency) return std::nullopt;
  std::string text = text_at(amount, "value");
  if (has_no_decimals(currency->code())) {
    const auto point = text.find('.');
    if (currency->exponent() == 2 && point == std::string::npos) text += ".00";
    if (currency->exponent() == 0 && point != std::string::npos && text.substr(point) == ".00")
      text.resize(point);
  }
  const auto money = Money::parse(text, *currency);
  if (!money) return std::nullopt;
  return *money;
}

std::optional<Money> amount_at(const Json& json, std::string_view path) {
  const Json* amount = find(json, path);
  if (amount == nullptr) return std::nullopt;
  return from_paypal_amount(*amount);
}

}  // namespace florin::paypal
