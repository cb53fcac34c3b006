// One limit of the velocity rule, read from its settings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <florin/fraud_rule.hpp>
#include <florin/json.hpp>

namespace velocity {

struct Limit {
  florin::WindowQuery window;
  std::string within;  // As the settings say it: "10m".
  std::optional<std::int64_t> max_count, max_declined;
  std::string max_sum;  // Decimal text, "" when there is none.
  int score = 80;
};

// From one entry of `windows` that passed the schema. Throws std::invalid_argument for a window over 31 days.
Limit read_limit(const florin::Json& entry);

// "500.00" in minor units of a currency: places that it does not have are cut, so that "more than the limit"
// means the same. What does not fit is no limit.
std::int64_t minor_units(std::string_view decimal, florin::Currency currency);

}  // namespace velocity
