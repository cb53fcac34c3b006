// Reads limits: durations as "10m", sums as decimal text that waits for a payment's currency.
#include "plugins/fraud/velocity/limit.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace velocity {
namespace {
using namespace florin;

constexpr Duration kLongest = std::chrono::days(31);

Duration read_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && end + 1 == text.data() + text.size() && count > 0 && count < 10'000'000) {
    Duration unit{0};
    if (*end == 's') unit = std::chrono::seconds(1);
    if (*end == 'm') unit = std::chrono::minutes(1);
    if (*end == 'h') unit = std::chrono::hours(1);
    if (*end == 'd') unit = std::chrono::days(1);
    const Duration whole = count * unit;
    if (whole > Duration(0) && whole <= kLongest) return whole;
  }
  throw std::invalid_argument("within: \"" + std::string(text) +
                              "\" is no window; a number with s, m, h or d is expected, at most 31d");
}

}  // namespace

Limit read_limit(const Json& entry) {
  Limit limit;
  const std::optional<Dimension> by = dimension_from(text_at(entry, "by"));
  if (!by) throw std::invalid_argument("by: one of card, customer, ip, device, merchant is expected");
  limit.within = text_at(entry, "within");
  limit.window = WindowQuery{*by, read_duration(limit.within)};
  limit.max_count = integer_at(entry, "max_count");
  limit.max_declined = integer_at(entry, "max_declined");
  limit.max_sum = text_at(entry, "max_sum");
  limit.score = static_cast<int>(integer_at(entry, "score").value_or(limit.score));
  return limit;
}

std::int64_t minor_units(std::string_view decimal, Currency currency) {
  const auto places = static_cast<std::size_t>(currency.exponent());
  const std::size_t point = std::min(decimal.find('.'), decimal.size());
  std::string fraction(decimal.substr(std::min(point + 1, decimal.size())));
  fraction.resize(places, '0');
  const std::string whole(decimal.substr(0, point));
  const Result<Money> limit = Money::parse(places == 0 ? whole : whole + "." + fraction, currency);
  return limit ? limit->minor() : INT64_MAX;
}

}  // namespace velocity
