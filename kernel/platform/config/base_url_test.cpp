// What links begin with, by what florin.yaml says of the server.
#include "kernel/platform/config/base_url.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

TEST(BaseUrl, IsThisMachineAtThePortListenedOn) { EXPECT_EQ(base_url_of({}, 40123), "http://localhost:40123"); }

TEST(BaseUrl, IsHttpsWhenTheServerHasACertificate) {
  AppConfig::Server server;
  server.certificate_file = "/etc/florin/certificate.pem";
  EXPECT_EQ(base_url_of(server, 8443), "https://localhost:8443");
}

TEST(BaseUrl, IsWhatTheOperatorSaysWhateverItListensOn) {
  AppConfig::Server server;
  server.public_url = "https://pay.example.com";
  server.certificate_file = "/etc/florin/certificate.pem";
  EXPECT_EQ(base_url_of(server, 8443), "https://pay.example.com");
}

}  // namespace
}  // namespace florin
