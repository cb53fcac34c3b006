// The edge over TLS: the demo's certificate, what is spoken and refused, and bytes in pieces.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "kernel/platform/edge/edge_under_test.hpp"
#include "kernel/platform/edge/tls.hpp"
#include "tests/support/raw_http_client.hpp"

namespace florin {
namespace {

using testing::EdgeUnderTest;
using testing::get_request;
using testing::post_request;
using testing::RawAnswer;
using testing::RawHttpClient;

Instant now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

Task<EdgeResponse> echo_body(const EdgeRequest& request) {
  EdgeResponse response;
  response.headers.emplace("X-Secure", request.secure ? "yes" : "no");
  response.body = request.body;
  co_return response;
}

class EdgeTls : public ::testing::Test {
 protected:
  EdgeTls() {
    std::string pattern = ::testing::TempDir() + "florin_tls_XXXXXX";
    directory_ = mkdtemp(pattern.data());
    files_ = *make_self_signed_certificate(directory_, now());
  }
  ~EdgeTls() override { std::filesystem::remove_all(directory_); }
  EdgeOptions options() const {
    EdgeOptions options;
    options.certificate_file = files_.certificate;
    options.key_file = files_.key;
    return options;
  }
  // Whether a client that speaks nothing newer than `version` gets through its handshake.
  bool accepts(const EdgeUnderTest& server, int version) {
    RawHttpClient socket(server.port());
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    // Debian's own default refuses old versions on the client's side; here the server must.
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, version);
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, socket.fd());
    const bool connected = SSL_connect(ssl) == 1;
    SSL_free(ssl);
    SSL_CTX_free(context);
    return connected;
  }
  std::string directory_;
  CertificateFiles files_;
};

TEST_F(EdgeTls, ARequestOverTlsIsAnsweredAndSeenAsSecure) {
  EdgeUnderTest server(echo_body, options());
  RawHttpClient client(server.port(), true);

  for (int i = 0; i < 3; ++i) {
    const RawAnswer answer = client.exchange(post_request("/", "hello"));
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.headers.at("X-Secure"), "yes");
  }
}

TEST_F(EdgeTls, LargeBodiesArriveWholeInBothDirections) {
  EdgeOptions large = options();
  large.limits.body_bytes = 8 << 20;
  EdgeUnderTest server(echo_body, large);
  RawHttpClient client(server.port(), true);
  std::string body(4 << 20, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 >> 3);

  EXPECT_EQ(client.exchange(post_request("/", body)).body, body);
}

TEST_F(EdgeTls, TheConnectionEndsInOrderAfterARefusal) {
  EdgeUnderTest server(echo_body, options());
  RawHttpClient client(server.port(), true);

  EXPECT_EQ(client.exchange("G@T / HTTP/1.1\r\n\r\n").status, 400);
  EXPECT_TRUE(client.ended());
}

TEST_F(EdgeTls, OnlyTls12AndNewerAreSpoken) {
  EdgeUnderTest server(echo_body, options());

  EXPECT_FALSE(accepts(server, TLS1_1_VERSION));
  EXPECT_TRUE(accepts(server, TLS1_2_VERSION));
  EXPECT_TRUE(accepts(server, TLS1_3_VERSION));
}

TEST_F(EdgeTls, PlainTextOnATlsPortIsClosed) {
  EdgeUnderTest server(echo_body, options());
  RawHttpClient client(server.port());

  client.send(get_request("/"));

  EXPECT_TRUE(client.ended());
  EXPECT_EQ(server.edge().counts().requests, 0);
}

TEST_F(EdgeTls, AHandshakeThatDoesNotEndIsGivenUp) {
  EdgeOptions impatient = options();
  impatient.limits.header_time = std::chrono::milliseconds(50);
  EdgeUnderTest server(echo_body, impatient);
  RawHttpClient client(server.port());

  client.send("\x16\x03\x01");

  EXPECT_TRUE(client.ended());
}

TEST_F(EdgeTls, TheKeyIsItsOwnersAloneAndIsKept) {
  struct stat status {};
  ASSERT_EQ(stat(files_.key.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto written = std::filesystem::last_write_time(files_.key);

  ASSERT_TRUE(make_self_signed_certificate(directory_, now()));

  EXPECT_EQ(std::filesystem::last_write_time(files_.key), written);
}

TEST_F(EdgeTls, ACertificateIsMadeAnewBeforeItEnds) {
  const auto text = [this] {
    std::ifstream file(files_.certificate);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string first = text();

  ASSERT_TRUE(make_self_signed_certificate(directory_, now() + std::chrono::hours(24 * 334)));
  EXPECT_EQ(text(), first) << "31 days are enough";

  ASSERT_TRUE(make_self_signed_certificate(directory_, now() + std::chrono::hours(24 * 336)));
  EXPECT_NE(text(), first) << "29 days are not";
  EXPECT_TRUE(TlsContext::open(files_.certificate, files_.key)) << "the two belong together again";
}

TEST_F(EdgeTls, ACertificateWithoutItsKeyIsMadeAnew) {
  std::filesystem::remove(files_.key);

  ASSERT_TRUE(make_self_signed_certificate(directory_, now()));

  EXPECT_TRUE(TlsContext::open(files_.certificate, files_.key));
}

TEST_F(EdgeTls, AFileThatIsNoCertificateIsAnErrorThatNamesIt) {
  std::ofstream(directory_ + "/nonsense.pem") << "nonsense";
  EdgeUnderTest other(echo_body);
  EdgeOptions bad = options();
  bad.port = 0;
  bad.certificate_file = directory_ + "/nonsense.pem";

  const auto edge = Edge::open(bad, other.executor(), other.clock(), echo_body, nullptr);

  ASSERT_FALSE(edge);
  EXPECT_EQ(edge.error().kind, Error::Kind::kInvalid);
  EXPECT_NE(edge.error().message.find("nonsense.pem"), std::string::npos);
}

}  // namespace
}  // namespace florin
