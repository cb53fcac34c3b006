// Certificates made on the spot, good and bad, and the server's side of TLS for a RawServer's script.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tests/support/raw_server.hpp"

namespace florin::test {

// What a certificate says; issued by a test authority, or by itself.
struct CertificateWish {
  std::string subject_alternative_name = "DNS:localhost,IP:127.0.0.1";
  long valid_from_s = -3600, valid_until_s = 3600;  // From now.
  bool self_signed = false;
};

// One authority a test program; its root as a PEM file for HttpClient::Options::ca_file.
class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();
  const std::string& root_file() const;

  // The server's side, done with one certificate.
  class Server {
   public:
    virtual ~Server() = default;
    // Shakes hands; false when the client would not.
    virtual bool greet(RawPeer& peer) = 0;
    virtual std::string read_request() = 0;
    virtual std::string read_line() = 0;
    virtual bool say(std::string_view bytes) = 0;
    virtual void say_goodbye() = 0;              // close_notify.
    virtual std::string asked_name() const = 0;  // SNI.
  };
  // `only_tls11`: offers nothing newer than TLS 1.1.
  std::unique_ptr<Server> server(const CertificateWish& wish, bool only_tls11 = false) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace florin::test
