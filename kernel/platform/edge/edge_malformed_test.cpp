// Malformed and ambiguous requests (RFC 9112): each is answered with a proper status in the API's error
// shape, and its connection ends, because where the next request begins is no longer known.
#include <gtest/gtest.h>

#include "kernel/platform/edge/edge_under_test.hpp"
#include "tests/support/raw_http_client.hpp"

namespace florin {
namespace {

using testing::EdgeUnderTest;
using testing::get_request;
using testing::RawAnswer;
using testing::RawHttpClient;

Task<EdgeResponse> never(const EdgeRequest& request) {
  ADD_FAILURE() << "reached the handler: " << request.method << " " << request.target;
  co_return EdgeResponse();
}

struct Malformed {
  const char* name;
  std::string bytes;
  int status;
  const char* code;
};

std::string with_lines(std::string_view lines, std::string_view body = "") {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(lines) + "\r\n" + std::string(body);
}

const std::vector<Malformed>& table() {
  using namespace std::string_literals;
  static const std::vector<Malformed> rows = {
      {"LengthThenCoding", with_lines("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
       400, "bad_transfer_encoding"},
      {"CodingThenLength", with_lines("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"),
       400, "bad_content_length"},
      {"TwoLengths", with_lines("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400,
       "bad_content_length"},
      {"TwoEqualLengths", with_lines("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400,
       "bad_content_length"},
      {"LengthList", with_lines("Content-Length: 3, 3\r\n", "abc"), 400, "bad_content_length"},
      {"NegativeLength", with_lines("Content-Length: -3\r\n"), 400, "bad_content_length"},
      {"SignedLength", with_lines("Content-Length: +3\r\n", "abc"), 400, "bad_content_length"},
      {"HexLength", with_lines("Content-Length: 0x3\r\n", "abc"), 400, "bad_content_length"},
      {"EmptyLength", with_lines("Content-Length: \r\n"), 400, "bad_content_length"},
      {"LengthBeyond64Bits", with_lines("Content-Length: 18446744073709551617\r\n", "a"), 400,
       "bad_content_length"},
      {"UnknownCoding", with_lines("Transfer-Encoding: gzip\r\n"), 501, "unknown_transfer_coding"},
      {"CodingBeforeChunked", with_lines("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501,
       "unknown_transfer_coding"},
      {"XChunked", with_lines("Transfer-Encoding: xchunked\r\n"), 501, "unknown_transfer_coding"},
      {"ChunkedTwice",
       with_lines("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400,
       "bad_transfer_encoding"},
      {"CodingIn10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
       "bad_transfer_encoding"},
      {"NegativeChunk", with_lines("Transfer-Encoding: chunked\r\n", "-5\r\nhello\r\n0\r\n\r\n"), 400,
       "bad_chunk"},
      {"ChunkThatIsNoNumber", with_lines("Transfer-Encoding: chunked\r\n", "zz\r\nhello\r\n0\r\n\r\n"), 400,
       "bad_chunk"},
      {"ChunkLongerThanItSays", with_lines("Transfer-Encoding: chunked\r\n", "3\r\nhello\r\n0\r\n\r\n"), 400,
       "bad_chunk"},
      {"ChunkSizeBeyond64Bits",
       with_lines("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nx\r\n0\r\n\r\n"), 400, "bad_chunk"},
      {"ChunkSizeEndsInBareLf", with_lines("Transfer-Encoding: chunked\r\n", "5\nhello\r\n0\r\n\r\n"), 400,
       "bad_chunk"},
      {"NoHost", "GET / HTTP/1.1\r\n\r\n", 400, "no_host"},
      {"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "two_hosts"},
      {"HostList", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "bad_host"},
      {"HostWithPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "bad_host"},
      {"BadMethod", "G@T / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad_method"},
      {"NoMethod", " / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad_method"},
      {"NoTarget", "GET  HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad_target"},
      {"TargetWithoutSlash", "GET x HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad_target"},
      {"TargetWithFragment", "GET /#x HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad_target"},
      {"TargetWithRawUtf8", "GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad_target"},
      {"Tunnel", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 501, "no_tunnels"},
      {"Http2", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505, "bad_version"},
      {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "bad_version"},
      {"WordsAfterVersion", "GET / HTTP/1.1 now\r\nHost: h\r\n\r\n", 400, "bad_request_line"},
      {"NoVersion", "GET /\r\nHost: h\r\n\r\n", 400, nullptr},
      {"BareLfEverywhere", "GET / HTTP/1.1\nHost: h\n\n", 400, "bad_line_end"},
      {"BareLfInOneLine", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400, "bad_line_end"},
      {"BareCr", "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400, nullptr},
      {"FoldedLine", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400, "folded_header"},
      {"FoldedFirstLine", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400, "folded_header"},
      {"NulInValue", "GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"s, 400, "bad_header"},
      {"NulInName", "GET / HTTP/1.1\r\nHost: h\r\nX\0: a\r\n\r\n"s, 400, "bad_header"},
      {"NulInTarget", "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s, 400, "bad_target"},
      {"BlankBeforeColon", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length : 3\r\n\r\nabc", 400, "bad_header"},
      {"NoColon", "GET / HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n", 400, "bad_header"},
      {"NoName", "GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", 400, "bad_header"},
      {"UnknownExpectation", with_lines("Expect: a-miracle\r\nContent-Length: 1\r\n", "x"), 417,
       "unknown_expectation"},
      {"TwoCredentials", with_lines("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400,
       "two_authorizations"},
      {"HugeLine", "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(17'000, 'x'), 431, "header_too_large"},
      {"ManyLines",
       [] {
         std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
         for (int i = 0; i < 3000; ++i) head += "X: y\r\n";
         return head + "\r\n";
       }(),
       431, "header_too_large"},
      {"EndlessTarget", "GET /" + std::string(17'000, 'x'), 431, "header_too_large"},
      {"EndlessChunkExtension", with_lines("Transfer-Encoding: chunked\r\n", "5;" + std::string(40'000, 'x')),
       431, "header_too_large"},
  };
  return rows;
}

class EdgeMalformed : public ::testing::TestWithParam<Malformed> {};

TEST_P(EdgeMalformed, IsRefusedInTheApisShapeAndTheConnectionCloses) {
  EdgeUnderTest server(never);
  RawHttpClient client(server.port());

  client.send(GetParam().bytes);
  const RawAnswer answer = client.answer();

  EXPECT_EQ(answer.status, GetParam().status) << answer.body;
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  ASSERT_TRUE(json.contains("error")) << answer.body;
  if (GetParam().code != nullptr) {
    EXPECT_EQ(json["error"]["code"], GetParam().code);
  }
  EXPECT_EQ(json["error"]["type"], GetParam().status < 500 ? "invalid_request_error" : "api_error");
  EXPECT_FALSE(json["error"]["message"].get<std::string>().empty());
  EXPECT_EQ(json["error"]["request_id"], answer.headers.at("Request-Id"));
  EXPECT_EQ(answer.headers.at("Connection"), "close");
  client.send("\r\n\r\n" + get_request("/smuggled"));
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(server.edge().counts().requests, 0);
}

// The same byte by byte: no verdict depends on how the network cuts.
TEST_P(EdgeMalformed, IsRefusedHoweverItsBytesAreCut) {
  if (GetParam().bytes.size() > 1000) return;  // The network cuts those by itself.
  EdgeUnderTest server(never);
  RawHttpClient client(server.port());

  for (const char byte : GetParam().bytes) client.send(std::string_view(&byte, 1));

  EXPECT_EQ(client.answer().status, GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(Rfc9112, EdgeMalformed, ::testing::ValuesIn(table()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(EdgeMalformedQueue, AFaultIsAnsweredAfterTheRequestsBeforeIt) {
  EdgeUnderTest server([](const EdgeRequest&) -> Task<EdgeResponse> { co_return EdgeResponse(); });
  RawHttpClient client(server.port());

  client.send(get_request("/1") + get_request("/2") + "G@T / HTTP/1.1\r\n\r\n");

  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(client.answer().status, 400);
  EXPECT_TRUE(client.ended());
}

}  // namespace
}  // namespace florin
