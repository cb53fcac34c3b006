// Square's timestamps: RFC 3339 in UTC, "2025-08-20T12:00:00.000Z", both ways. Inline, because the plugin and
// its far side are two files that share no object code.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include <florin/time.hpp>

namespace florin::square {

// To the millisecond, as Square writes it.
inline std::string to_rfc3339(Instant when) {
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::milliseconds>(when - day));
  char text[96];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()),
                unsigned(date.month()), unsigned(date.day()), int(time.hours().count()),
                int(time.minutes().count()), int(time.seconds().count()), int(time.subseconds().count()));
  return text;
}

// With or without a fraction, which is dropped. Nothing for any other form, an offset included: Square
// documents UTC.
inline std::optional<Instant> from_rfc3339(std::string_view text) {
  int parts[6] = {};
  constexpr int kDigits[6] = {4, 2, 2, 2, 2, 2};
  constexpr std::string_view kAfter = "--T::";
  for (int i = 0; i < 6; ++i) {
    const std::string_view digits = text.substr(0, kDigits[i]);
    const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), parts[i]);
    if (bad != std::errc() || end != digits.data() + kDigits[i] || parts[i] < 0) return std::nullopt;
    text.remove_prefix(kDigits[i]);
    if (i == 5) break;
    if (text.empty() || text.front() != kAfter[i]) return std::nullopt;
    text.remove_prefix(1);
  }
  if (text.size() > 2 && text.front() == '.')
    text.remove_prefix(std::min(text.find_first_not_of("0123456789", 1), text.size()));
  const std::chrono::year_month_day date{std::chrono::year(parts[0]), std::chrono::month(unsigned(parts[1])),
                                         std::chrono::day(unsigned(parts[2]))};
  if (text != "Z" || !date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(parts[3]) + std::chrono::minutes(parts[4]) +
         std::chrono::seconds(parts[5]);
}

}  // namespace florin::square
