// The special-purpose ranges, as IANA lists them (registries of 2024), and the check against them.
#include "kernel/platform/io/address_guard.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace florin {
namespace {

struct Range4 {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t address4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr std::array kSpecial4 = {
    Range4{address4(0, 0, 0, 0), 8},         // "This network"; Linux connects 0.0.0.0 to itself.
    Range4{address4(10, 0, 0, 0), 8},        // Private.
    Range4{address4(100, 64, 0, 0), 10},     // Carrier-grade NAT, and some clouds' metadata.
    Range4{address4(127, 0, 0, 0), 8},       // Loopback.
    Range4{address4(168, 63, 129, 16), 32},  // Azure's metadata and DNS, public by its number only.
    Range4{address4(169, 254, 0, 0), 16},    // Link-local, metadata services.
    Range4{address4(172, 16, 0, 0), 12},     // Private.
    Range4{address4(192, 0, 0, 0), 24},      // IETF protocol assignments; Oracle's metadata.
    Range4{address4(192, 0, 2, 0), 24},      // Documentation.
    Range4{address4(192, 88, 99, 0), 24},    // 6to4 relays.
    Range4{address4(192, 168, 0, 0), 16},    // Private.
    Range4{address4(198, 18, 0, 0), 15},     // Benchmarking.
    Range4{address4(198, 51, 100, 0), 24},   // Documentation.
    Range4{address4(203, 0, 113, 0), 24},    // Documentation.
    Range4{address4(224, 0, 0, 0), 4},       // Multicast.
    Range4{address4(240, 0, 0, 0), 4},       // Reserved, broadcast.
};

bool is_public4(std::uint32_t address) {
  for (const Range4& range : kSpecial4) {
    const std::uint32_t mask = ~std::uint32_t{0} << (32 - range.bits);
    if ((address & mask) == range.first) return false;
  }
  return true;
}

// Only 2000::/3 is given out; within it some ranges are tunnels or documentation.
bool is_public6(const std::array<std::uint8_t, 16>& a) {
  if ((a[0] & 0xe0) != 0x20) return false;  // ::1, mapped, fc00::/7, fe80::, ff00::
  if (a[0] == 0x20 && a[1] == 0x01 && (a[2] & 0xfe) == 0) return false;  // 2001::/23: Teredo, ORCHID
  if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8) return false;  // 2001:db8::/32
  if (a[0] == 0x20 && a[1] == 0x02) return false;                                  // 2002::/16: 6to4
  return !(a[0] == 0x3f && a[1] == 0xff && (a[2] & 0xf0) == 0);                    // 3fff::/20: documentation
}

bool all_of(std::string_view text, bool (*test)(char)) {
  for (const char c : text)
    if (!test(c)) return false;
  return true;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

}  // namespace

bool is_public_address(const Poco::Net::IPAddress& address) {
  if (address.family() == Poco::Net::IPAddress::IPv4) {
    std::uint32_t number = 0;
    std::memcpy(&number, address.addr(), sizeof number);
    return is_public4(ntohl(number));
  }
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), address.addr(), bytes.size());
  return is_public6(bytes);
}

bool is_odd_ipv4(std::string_view host) {
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  const std::string_view last = host.substr(host.rfind('.') + 1);
  const bool hexadecimal = last.size() >= 2 && last[0] == '0' && (last[1] == 'x' || last[1] == 'X');
  const bool number = hexadecimal ? all_of(last.substr(2), is_hex) : !last.empty() && all_of(last, is_digit);
  if (!number) return false;
  in_addr plain{};
  return inet_pton(AF_INET, std::string(host).c_str(), &plain) != 1;
}

}  // namespace florin
