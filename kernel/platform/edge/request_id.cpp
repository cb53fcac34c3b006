// The shape of every Florin id: a prefix and a UUIDv7's 32 hex digits (RFC 9562 section 5.7).
#include "kernel/platform/edge/request_id.hpp"

#include "kernel/platform/random/random.hpp"

namespace florin {

std::string new_request_id(Instant now) {
  std::string raw = system_random().bytes(16);
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count();
  for (std::size_t i = 0; i < 6; ++i) raw[i] = static_cast<char>(ms >> (8 * (5 - i)));
  raw[6] = static_cast<char>((raw[6] & 0x0f) | 0x70);
  raw[8] = static_cast<char>((raw[8] & 0x3f) | 0x80);
  std::string id = "req_";
  for (const char byte : raw) {
    id += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4];
    id += "0123456789abcdef"[byte & 0x0f];
  }
  return id;
}

}  // namespace florin
