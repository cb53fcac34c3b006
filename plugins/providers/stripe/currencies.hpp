// How Stripe writes amounts. Mostly our minor units, but not always: it counts some currencies in units
// that ISO 4217 does not know, and asks that others be multiples.
// From Stripe's documentation, "Supported currencies" (zero-decimal, special case and three-decimal).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <florin/money.hpp>
#include <florin/result.hpp>

namespace florin::stripe {

// What Stripe takes, by its ISO code, upper case.
std::vector<std::string> currencies();

// Our amount as Stripe's integer. Errors: kInvalid with "currency_not_supported", or "amount_invalid" for
// what Stripe cannot say (1.005 KWD, zero, or more than its eight digits).
Result<std::int64_t> to_stripe_amount(Money amount);

// The way back, for answers and webhooks; nothing when the currency is unknown or the count does not fit.
std::optional<Money> from_stripe_amount(std::int64_t count, std::string_view code);

}  // namespace florin::stripe
