// An HTTP date has three forms, two of them obsolete and still to be understood. By strptime, in the C locale that
// a daemon has: POCO's parser takes nearly anything for a date.
#include "kernel/platform/http_client/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <string>

namespace florin {

namespace {

constexpr Duration kMost = std::chrono::hours(24);

std::optional<Duration> from_seconds(const std::string& text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  if (error == std::errc::result_out_of_range || seconds > 86'400) return kMost;
  return std::chrono::seconds(seconds);
}

std::optional<Instant> from_date(const std::string& text) {
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    std::tm parts{};
    const char* const end = ::strptime(text.c_str(), form, &parts);
    if (end && *end == '\0') return Instant(std::chrono::seconds(::timegm(&parts)));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Duration> retry_after(const HttpResponse& response, Instant now) {
  const auto header = response.headers.find("Retry-After");
  if (header == response.headers.end() || header->second.empty() || header->second.size() > 100) return std::nullopt;
  if (const auto seconds = from_seconds(header->second)) return seconds;
  const auto date = from_date(header->second);
  if (!date) return std::nullopt;
  return std::clamp<Duration>(*date - now, Duration(0), kMost);
}

}  // namespace florin
