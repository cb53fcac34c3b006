// TLS from the client's side: who is believed, and that a peer who is not never gets a byte of the request.
#include "kernel/platform/http_client/http_client_fixture.hpp"

#include "tests/support/tls_peer.hpp"

namespace florin::test {
namespace {

using Kind = Error::Kind;

class HttpTls : public HttpClientTest {
 protected:
  void SetUp() override {
    HttpClient::Options options;
    options.ca_file = authority.root_file();
    renew(options);
  }
  // Serves one certificate; answers every connection that shakes hands.
  void serve(const CertificateWish& wish, bool only_tls11 = false) {
    server = std::make_unique<RawServer>([this, wish, only_tls11](RawPeer& peer, int) {
      const auto tls = authority.server(wish, only_tls11);
      if (!tls->greet(peer)) return;
      asked = tls->asked_name();
      while (!tls->read_request().empty()) {
        ++requests;
        tls->say(answer);
        if (cut_off) return;
      }
    });
  }
  Route named(const std::string& host) {
    return route_to("https://" + host + ":" + std::to_string(server->port()));
  }
  static HttpRequest look() {
    HttpRequest request;
    request.path = "/";
    return request;
  }
  void expect_refusal(const std::string& host) {
    EXPECT_EQ(kind_of(named(host), look()), Kind::kUnreachable);
    EXPECT_EQ(code, "tls_failed") << message;
    EXPECT_EQ(requests, 0);
  }

  TestAuthority authority;
  std::string answer = kHello, asked;
  bool cut_off = false;
  std::atomic<int> requests{0};
  std::unique_ptr<RawServer> server;
};

TEST_F(HttpTls, ACertificateOfATrustedAuthorityForTheRightNameIsBelieved) {
  serve({});
  for (int i = 0; i < 3; ++i) {
    const Result<HttpResponse> got = send(named("localhost"), look());
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->body, "hello");
  }
  EXPECT_EQ(asked, "localhost");
  EXPECT_EQ(server->connections(), 1) << "a TLS connection is kept as well";
}

TEST_F(HttpTls, ACertificateForAnAddressIsBelievedUnderThatAddress) {
  serve({});
  EXPECT_TRUE(send(named("127.0.0.1"), look()));
}

TEST_F(HttpTls, ACertificateForAnotherNameIsUnreachable) {
  CertificateWish wish;
  wish.subject_alternative_name = "DNS:api.elsewhere.example";
  serve(wish);
  expect_refusal("localhost");
}

TEST_F(HttpTls, ALoopbackNameIsCheckedLikeAnyOther) {
  CertificateWish wish;
  wish.subject_alternative_name = "DNS:localhost";
  serve(wish);
  expect_refusal("127.0.0.1");
}

TEST_F(HttpTls, ASelfSignedCertificateIsUnreachable) {
  CertificateWish wish;
  wish.self_signed = true;
  serve(wish);
  expect_refusal("localhost");
}

TEST_F(HttpTls, AnExpiredCertificateIsUnreachable) {
  CertificateWish wish;
  wish.valid_from_s = -7200;
  wish.valid_until_s = -3600;
  serve(wish);
  expect_refusal("localhost");
}

TEST_F(HttpTls, AFarSideOlderThanTls12IsUnreachable) {
  serve({}, true);
  expect_refusal("localhost");
}

TEST_F(HttpTls, AFarSideThatSpeaksNoTlsIsUnreachable) {
  server = std::make_unique<RawServer>([](RawPeer& peer, int) { peer.say(kHello); });
  expect_refusal("localhost");
}

TEST_F(HttpTls, ASilentHandshakeEndsAtTheDeadlineAsUnreachable) {
  server = std::make_unique<RawServer>([](RawPeer& peer, int) { peer.wait_until_gone(); });
  HttpRequest request = look();
  request.timeout = std::chrono::milliseconds(150);
  EXPECT_EQ(kind_of(named("localhost"), request), Kind::kUnreachable);
}

TEST_F(HttpTls, ABodyCutOffWithoutTlsGoodbyeIsBrokenEvenWhereItsEndIsTheConnections) {
  answer = "HTTP/1.1 200 OK\r\n\r\n{\"status\":\"succ";
  cut_off = true;
  serve({});
  EXPECT_EQ(kind_of(named("localhost"), look()), Kind::kBroken);
}

}  // namespace
}  // namespace florin::test
