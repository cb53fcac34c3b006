// A strict reader of http and https URLs (RFC 3986, section 3, less what invites trouble).
#include "kernel/platform/io/target.hpp"

#include <arpa/inet.h>

#include <charconv>

#include <fmt/format.h>

#include "kernel/platform/io/address_guard.hpp"

namespace florin {
namespace {

Error invalid(std::string_view why) {
  return Error{Error::Kind::kUnreachable, fmt::format("the URL cannot be used: {}", why), "invalid_url", ""};
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

Result<std::string> read_host(std::string_view text) {
  std::string host(text);
  for (char& c : host)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (host.empty() || host.size() > 253) return invalid("it has no host, or one of over 253 characters");
  for (const char c : host)
    if (!is_name_character(c)) return invalid("its host has a character that no host name has");
  if (host.front() == '.' || host.find("..") != std::string::npos)
    return invalid("its host has an empty label");
  if (is_odd_ipv4(host)) return invalid("its host is a number; write an IPv4 address as four decimals");
  return host;
}

Result<std::string> read_ipv6(std::string_view text) {
  const std::string host(text);
  in6_addr address{};
  if (inet_pton(AF_INET6, host.c_str(), &address) != 1) return invalid("its IPv6 address is malformed");
  return host;
}

Result<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0)
    return invalid("its port is no number from 1 to 65535");
  return port;
}

}  // namespace

std::string Target::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? 443 : 80) ? name : fmt::format("{}:{}", name, port);
}

std::string Target::origin() const { return fmt::format("{}://{}:{}", tls ? "https" : "http", host, port); }

Result<Target> parse_target(std::string_view url) {
  for (const char c : url)
    if (c <= ' ' || c > '~' || c == '\\') return invalid("a character in it must be percent-encoded");
  Target target;
  if (url.starts_with("https://"))
    target.tls = true;
  else if (!url.starts_with("http://"))
    return invalid("its scheme is neither https nor http");
  url.remove_prefix(target.tls ? 8 : 7);

  const std::size_t slash = url.find_first_of("/?#");
  std::string_view authority = url.substr(0, slash);
  const std::string_view rest = slash == std::string_view::npos ? "" : url.substr(slash);
  if (rest.find('#') != std::string_view::npos) return invalid("it has a fragment");
  if (authority.find('@') != std::string_view::npos) return invalid("it has a user name before its host");
  target.path = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  target.port = target.tls ? 443 : 80;

  std::string_view after_host;
  if (authority.starts_with('[')) {
    const std::size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) return invalid("its IPv6 address has no closing bracket");
    FLORIN_TRY(host, read_ipv6(authority.substr(1, bracket - 1)));
    target.host = host;
    after_host = authority.substr(bracket + 1);
  } else {
    const std::size_t colon = authority.find(':');
    FLORIN_TRY(host, read_host(authority.substr(0, colon)));
    target.host = host;
    after_host = colon == std::string_view::npos ? "" : authority.substr(colon);
  }
  if (after_host.empty()) return target;
  if (after_host.front() != ':') return invalid("something other than a port follows its host");
  FLORIN_TRY(port, read_port(after_host.substr(1)));
  target.port = port;
  return target;
}

}  // namespace florin
