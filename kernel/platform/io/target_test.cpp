// URLs and addresses from outside: which are taken, and which are refused before a name is looked up.
#include "kernel/platform/io/target.hpp"

#include <gtest/gtest.h>

#include "kernel/platform/io/address_guard.hpp"

namespace florin {
namespace {

TEST(IoTarget, AUrlIsTakenApart) {
  const auto target = parse_target("https://API.Acme.com:8443/v1/x?a=b");
  ASSERT_TRUE(target);
  EXPECT_TRUE(target->tls);
  EXPECT_EQ(target->host, "api.acme.com");
  EXPECT_EQ(target->port, 8443);
  EXPECT_EQ(target->path, "/v1/x?a=b");
  EXPECT_EQ(target->authority(), "api.acme.com:8443");
}

TEST(IoTarget, TheSchemesOwnPortIsNotSaidInHost) {
  EXPECT_EQ(parse_target("https://acme.com")->authority(), "acme.com");
  EXPECT_EQ(parse_target("http://acme.com:80/")->authority(), "acme.com");
  EXPECT_EQ(parse_target("http://acme.com:443/")->authority(), "acme.com:443");
  EXPECT_EQ(parse_target("http://[::1]:8090/x")->authority(), "[::1]:8090");
  EXPECT_EQ(parse_target("http://acme.com?x=1")->path, "/?x=1");
}

TEST(IoTarget, WhatTwoReadersCouldReadInTwoWaysIsRefused) {
  for (const char* url : {"ftp://acme.com/",
                          "gopher://acme.com/",
                          "file:///etc/passwd",
                          "//acme.com/",
                          "acme.com",
                          "http://",
                          "http:///x",
                          "http://user@acme.com/",
                          "http://user:pw@acme.com/",
                          "http://acme.com:0/",
                          "http://acme.com:65536/",
                          "http://acme.com:x/",
                          "http://acme.com:/",
                          "http://acme.com/#a",
                          "http://acme.com\\@evil.com/",
                          "http://acme.com/a b",
                          "http://acme.com/\r\nX: 1",
                          "http://[::1/",
                          "http://[fe80::1%25eth0]/",
                          "http://[::1]x/",
                          "http://127.1/",
                          "http://0x7f000001/",
                          "http://2130706433/",
                          "http://0177.0.0.1/",
                          "http://127.0.0.1.5/",
                          "http://1.2.3.0x4/",
                          "http://127.0.0.1../",
                          "http://\xc3\xa9.example/"}) {
    const auto target = parse_target(url);
    EXPECT_FALSE(target) << url;
    EXPECT_TRUE(target || target.error().kind == Error::Kind::kUnreachable) << url;
  }
}

TEST(IoAddressGuard, OnlyThePublicInternetIsPublic) {
  for (const char* address : {"8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255",
                              "100.128.0.1", "2606:4700:4700::1111", "2a00:1450:4001::1"})
    EXPECT_TRUE(is_public_address(Poco::Net::IPAddress(address))) << address;
}

TEST(IoAddressGuard, EverySpecialRangeIsRefused) {
  for (const char* address : {"0.0.0.0",
                              "10.1.2.3",
                              "100.64.0.1",
                              "100.100.100.200",
                              "127.0.0.1",
                              "127.255.255.255",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.1.1",
                              "192.0.0.192",
                              "198.18.0.1",
                              "224.0.0.1",
                              "255.255.255.255",
                              "168.63.129.16",
                              "::",
                              "::1",
                              "::ffff:127.0.0.1",
                              "::ffff:8.8.8.8",
                              "fd00:ec2::254",
                              "fc00::1",
                              "fe80::1",
                              "fec0::1",
                              "ff02::1",
                              "64:ff9b::7f00:1",
                              "2002:7f00:1::",
                              "2001:0:7f00:1::",
                              "2001:db8::1",
                              "100::1"})
    EXPECT_FALSE(is_public_address(Poco::Net::IPAddress(address))) << address;
}

}  // namespace
}  // namespace florin
