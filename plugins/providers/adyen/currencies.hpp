// How Adyen writes amounts: in minor units, but for four currencies in others than ISO 4217's.
// From Adyen's documentation, "Currency codes and minor units" ("differs from standard").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <florin/money.hpp>
#include <florin/result.hpp>

namespace florin::adyen {

// What Adyen takes, by its ISO code, upper case.
std::vector<std::string> currencies();

// Our amount as Adyen's integer. Errors: kInvalid with "currency_not_supported", or "amount_invalid" for
// what Adyen cannot say (12.50 CVE, zero, or more than 64 bits).
Result<std::int64_t> to_adyen_value(Money amount);

// The way back, for answers and webhooks; nothing when the currency is unknown or the value does not fit.
std::optional<Money> from_adyen_value(std::int64_t value, std::string_view code);

}  // namespace florin::adyen
