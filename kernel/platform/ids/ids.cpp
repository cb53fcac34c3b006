// UUIDv7 by RFC 9562 section 6.2, method 3: the twelve bits after the version are the fraction of the
// millisecond, counted on where two ids would share it.
#include "kernel/platform/ids/ids.hpp"

#include <algorithm>
#include <atomic>

#include <florin/check.hpp>

namespace florin {
namespace {

// Milliseconds in the upper 48 bits, 1/4096 of one in the lower 12.
std::uint64_t tick_of(Instant now) {
  const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(0, now.time_since_epoch().count()));
  return (micros / 1000) << 12 | (micros % 1000) * 4096 / 1000;
}

// Greater than every tick before, unless the clock went back by more than ids could have run ahead.
std::uint64_t next_tick(std::uint64_t now) {
  constexpr std::uint64_t kAhead = 8 << 12;  // Eight milliseconds.
  static std::atomic<std::uint64_t> last{0};
  std::uint64_t before = last.load(std::memory_order_relaxed);
  std::uint64_t tick = 0;
  do {
    const bool behind = now <= before && before - now < kAhead;
    tick = behind ? before + 1 : now;
  } while (!last.compare_exchange_weak(before, tick, std::memory_order_relaxed));
  return tick;
}

}  // namespace

std::string new_id(std::string_view prefix, Instant now, Random& random) {
  const std::uint64_t tick = next_tick(tick_of(now));
  const std::string drawn = random.bytes(8);
  FLORIN_CHECK(drawn.size() == 8, "a source of randomness gives what was asked");
  std::uint64_t last = 0;
  for (const char byte : drawn) last = last << 8 | static_cast<unsigned char>(byte);
  // The version, 7, between the milliseconds and the rest of the tick; the variant before what was drawn.
  const std::uint64_t first = (tick >> 12) << 16 | 0x7000 | (tick & 0x0FFF);
  last = (last & ~(std::uint64_t{3} << 62)) | std::uint64_t{2} << 62;

  std::string id;
  id.reserve(prefix.size() + 33);
  id.append(prefix);
  id += '_';
  for (const std::uint64_t half : {first, last})
    for (int shift = 60; shift >= 0; shift -= 4) id += "0123456789abcdef"[half >> shift & 15];
  return id;
}

bool is_id(std::string_view prefix, std::string_view text) {
  if (text.size() != prefix.size() + 33 || !text.starts_with(prefix) || text[prefix.size()] != '_')
    return false;
  const std::string_view hex = text.substr(prefix.size() + 1);
  const auto is_digit = [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
  };
  const bool variant = hex[16] == '8' || hex[16] == '9' || hex[16] == 'a' || hex[16] == 'b';
  return hex[12] == '7' && variant && std::ranges::all_of(hex, is_digit);
}

std::string new_secret(std::string_view prefix, Random& random) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr std::size_t kLength = 43;  // 62^43 is just above 2^256.
  std::string number = random.bytes(32);
  std::string digits;
  for (std::size_t i = 0; i < kLength; ++i) {
    unsigned rest = 0;
    for (char& byte : number) {
      const unsigned value = rest << 8 | static_cast<unsigned char>(byte);
      byte = static_cast<char>(value / 62);
      rest = value % 62;
    }
    digits += kDigits[rest];
  }
  std::ranges::reverse(digits);
  return std::string(prefix) + digits;
}

}  // namespace florin
