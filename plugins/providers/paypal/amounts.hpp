// How PayPal writes amounts: {"currency_code": "EUR", "value": "12.50"}, with no decimals at all in three
// currencies. From PayPal's "Currency codes".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <florin/json.hpp>
#include <florin/money.hpp>
#include <florin/result.hpp>

namespace florin::paypal {

std::vector<std::string> currencies();  // What PayPal takes, by ISO code.

// Errors: kInvalid with "currency_not_supported", or "amount_invalid" for what PayPal cannot say (12.50 HUF,
// zero or less).
Result<Json> to_paypal_amount(Money amount);

// Nothing when it is no amount. PayPal's answers are read with and without decimals in the three.
std::optional<Money> from_paypal_amount(const Json& amount);
std::optional<Money> amount_at(const Json& json, std::string_view path);

}  // namespace florin::paypal
