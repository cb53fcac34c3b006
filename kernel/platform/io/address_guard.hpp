// Which addresses a URL that came from outside may lead to: the public internet and nothing else, so that
// a merchant's webhook cannot be pointed at our own machine, our network or a cloud's metadata service.
#pragma once

#include <string_view>

#include <Poco/Net/IPAddress.h>

namespace florin {

// False for everything in IANA's special-purpose registries (RFC 6890): loopback, private, link-local,
// carrier-grade NAT, multicast, documentation, and IPv6 addresses that carry an IPv4 one inside.
bool is_public_address(const Poco::Net::IPAddress& address);

// Whether the system would read `host` as an IPv4 address although it is not written as one: 127.1,
// 0x7f000001, 2130706433, 0177.0.0.1. WHATWG's rule: its last label is a number.
bool is_odd_ipv4(std::string_view host);

}  // namespace florin
