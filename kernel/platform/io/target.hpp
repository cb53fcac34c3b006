// Where an exchange goes: a URL taken apart strictly. What two readers could understand in two ways
// (userinfo, odd IPv4 notations, control characters, fragments) is refused, not repaired.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <florin/result.hpp>

namespace florin {

struct Target {
  bool tls = false;
  std::string host;  // In lower case; an IPv6 address without its brackets.
  std::uint16_t port = 0;
  std::string path;  // With its query; at least "/".

  std::string authority() const;  // As in Host: the port only when it is not the scheme's own.
  std::string origin() const;     // "https://host:port": what connections are pooled by.
};

// Errors: kUnreachable ("invalid_url"): nothing was sent anywhere.
Result<Target> parse_target(std::string_view url);

}  // namespace florin
