// UTF-8, checked byte by byte after table 3-7 of the Unicode standard ("well-formed byte sequences").
#include "kernel/platform/lua/text.hpp"

#include <cstdint>

namespace florin::lua {
namespace {

// The length of the well-formed sequence that starts `bytes`, 0 when there is none.
std::size_t sequence(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<std::uint8_t>(bytes[i]) : 0; };
  const auto between = [&](std::size_t i, int low, int high) { return at(i) >= low && at(i) <= high; };
  const auto tail = [&](std::size_t i) { return between(i, 0x80, 0xBF); };
  const int lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool second = between(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
    return second && tail(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool second = between(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
    return second && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = sequence(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view bytes) {
  std::string text(bytes);
  const bool sound = is_utf8(bytes);
  for (char& c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !sound)) c = '?';
  }
  return text;
}

}  // namespace florin::lua
