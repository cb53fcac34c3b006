// The parser alone, without sockets: what a request is must not depend on how the network cut its bytes.
#include <gtest/gtest.h>

#include "kernel/platform/edge/http_parser.hpp"

namespace florin {
namespace {

constexpr std::size_t kHeaderBytes = 256;
const std::string kHead = "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

// Feeds `pieces` one after another, each behind what was not taken of those before.
std::unique_ptr<HttpParser> fed(const std::vector<std::string>& pieces) {
  static const HttpParser::BodyLimit limit = [](std::string_view, std::string_view) { return std::size_t(64); };
  auto parser = HttpParser::make(kHeaderBytes, limit);
  std::string held;
  for (const std::string& piece : pieces) {
    held += piece;
    while (!held.empty() && parser->stage() != HttpParser::Stage::kFault) {
      const std::size_t taken = parser->feed(held);
      held.erase(0, taken);
      if (taken == 0) break;
    }
  }
  return parser;
}

std::vector<std::string> bytes_of(const std::string& text) {
  std::vector<std::string> bytes;
  for (const char byte : text) bytes.emplace_back(1, byte);
  return bytes;
}

TEST(HttpParser, AnEmptyChunkedBodyMayEndInAnyPieces) {
  const std::string end = "0\r\n\r\n";
  for (std::size_t first = 1; first < end.size(); ++first)
    for (std::size_t second = first; second < end.size(); ++second) {
      const auto parser =
          fed({kHead, end.substr(0, first), end.substr(first, second - first), end.substr(second)});
      EXPECT_EQ(parser->stage(), HttpParser::Stage::kDone) << first << ", " << second;
    }
}

TEST(HttpParser, AChunkedBodyByteByByteIsTheSameBody) {
  const auto parser = fed(bytes_of(kHead + "5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n"));
  ASSERT_EQ(parser->stage(), HttpParser::Stage::kDone);
  EXPECT_EQ(parser->take().body, "hello!");
}

TEST(HttpParser, ALongChunkHeadIsRefusedWholeAsInPieces) {
  const std::string body = "1;" + std::string(kHeaderBytes, 'x') + "\r\n!\r\n0\r\n\r\n";
  for (const auto& parser : {fed({kHead, body}), fed({kHead + body}), fed(bytes_of(kHead + body))}) {
    ASSERT_EQ(parser->stage(), HttpParser::Stage::kFault);
    EXPECT_EQ(parser->fault().status, 431);
  }
}

TEST(HttpParser, ABodyTooLargeInChunksIsRefusedHoweverItsLastBytesCome) {
  const std::string body = "da\r\n" + std::string(68, 'x');
  for (std::size_t last = 1; last < body.size(); ++last) {
    const std::size_t cut = body.size() - last;
    const auto parser = fed({kHead, body.substr(0, cut), body.substr(cut)});
    ASSERT_EQ(parser->stage(), HttpParser::Stage::kFault) << "the last " << last << " bytes by themselves";
    EXPECT_EQ(parser->fault().status, 413);
  }
}

TEST(HttpParser, AChunkThatWouldMakeTheBodyTooLargeIsRefusedAtItsHead) {
  const std::string full = "40\r\n" + std::string(64, 'x') + "\r\n";
  EXPECT_EQ(fed({kHead, full + "0\r\n\r\n"})->stage(), HttpParser::Stage::kDone);
  for (const std::string body : {"41\r\nx", "ffffffffffffffff\r\nx"}) {
    ASSERT_EQ(fed({kHead, body})->stage(), HttpParser::Stage::kFault) << body;
    EXPECT_EQ(fed({kHead, body})->fault().status, 413);
  }
  const auto parser = fed({kHead, full + "1\r\nx"});
  ASSERT_EQ(parser->stage(), HttpParser::Stage::kFault);
  EXPECT_EQ(parser->fault().status, 413);
}

TEST(HttpParser, ATrailerHasNoSayInWhetherTheConnectionStays) {
  const auto parser = fed(bytes_of(kHead + "1\r\n!\r\n0\r\nConnection: close\r\n\r\n"));
  ASSERT_EQ(parser->stage(), HttpParser::Stage::kDone);
  EXPECT_TRUE(parser->keep_alive());
}

TEST(HttpParser, ALongTrailerIsRefusedWholeAsInPieces) {
  const std::string body = "0\r\nT: " + std::string(kHeaderBytes, 'x') + "\r\n\r\n";
  for (const auto& parser : {fed({kHead, body}), fed(bytes_of(kHead + body))}) {
    ASSERT_EQ(parser->stage(), HttpParser::Stage::kFault);
    EXPECT_EQ(parser->fault().status, 431);
  }
}

}  // namespace
}  // namespace florin
