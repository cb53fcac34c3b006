// What clients see of the edge over a socket when they speak proper HTTP/1.1.
#include <gtest/gtest.h>

#include "kernel/platform/edge/edge_under_test.hpp"
#include "tests/support/raw_http_client.hpp"

namespace florin {
namespace {

using testing::EdgeUnderTest;
using testing::get_request;
using testing::post_request;
using testing::RawAnswer;
using testing::RawHttpClient;

// Says what it was asked: "POST /a?x body".
Task<EdgeResponse> echo(const EdgeRequest& request) {
  EdgeResponse response;
  response.headers.emplace("Content-Type", "text/plain");
  response.body = request.method + " " + request.target + " " + request.body;
  co_return response;
}

TEST(EdgeHttp, ARequestIsAnsweredWithLengthDateAndRequestId) {
  EdgeUnderTest server(echo);
  RawHttpClient client(server.port());

  const RawAnswer answer = client.exchange(get_request("/hello?a=b"));

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "GET /hello?a=b ");
  EXPECT_EQ(answer.headers.at("Request-Id").substr(0, 4), "req_");
  EXPECT_EQ(answer.headers.at("Request-Id").size(), 36u);
  EXPECT_EQ(answer.headers.at("Date").size(), 29u);
  EXPECT_FALSE(answer.headers.contains("Server"));
}

TEST(EdgeHttp, AConnectionServesOneRequestAfterTheOther) {
  EdgeUnderTest server(echo);
  RawHttpClient client(server.port());

  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(client.exchange(post_request("/", std::to_string(i))).body, "POST / " + std::to_string(i));

  EXPECT_EQ(server.edge().counts().connections, 1);
  EXPECT_EQ(server.edge().counts().requests, 100);
}

TEST(EdgeHttp, TheHandlerSeesPathQueryHeadersAndAddress) {
  EdgeRequest seen;
  EdgeUnderTest server([&seen](const EdgeRequest& request) {
    seen = request;
    return echo(request);
  });
  RawHttpClient client(server.port());

  client.exchange("GET /a%20b?x=1&y=%26 HTTP/1.1\r\nHost: localhost\r\nX-One: 1\r\nx-one: 2\r\n\r\n");

  EXPECT_EQ(seen.path, "/a%20b");
  ASSERT_EQ(seen.query.size(), 2u);
  EXPECT_EQ(seen.query[1].second, "&");
  EXPECT_EQ(seen.headers.at("X-One"), "1, 2");
  EXPECT_EQ(seen.remote_address, "127.0.0.1");
  EXPECT_FALSE(seen.secure);
}

Task<EdgeResponse> misbehave(const EdgeRequest& request) {
  EdgeResponse response;
  response.raw = request.path == "/cut" ? "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nha" : "";
  co_return response;
}

TEST(EdgeHttp, RawBytesAreSentAsTheyAreAndEndTheConnection) {
  EdgeUnderTest server(misbehave);
  RawHttpClient client(server.port());
  client.send(get_request("/cut"));
  EXPECT_EQ(client.read(1000), "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nha");

  RawHttpClient unanswered(server.port());
  unanswered.send(get_request("/nothing"));
  EXPECT_EQ(unanswered.read(1000), "");
  EXPECT_TRUE(unanswered.ended());
}

TEST(EdgeHttp, AnAbsoluteTargetIsServedAsItsPath) {
  std::string path;
  EdgeUnderTest server([&path](const EdgeRequest& request) {
    path = request.path;
    return echo(request);
  });
  RawHttpClient client(server.port());

  EXPECT_EQ(client.exchange("GET http://localhost/x?y HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
  EXPECT_EQ(path, "/x");
}

TEST(EdgeHttp, AChunkedBodyArrivesWholeHoweverItIsCut) {
  EdgeUnderTest server(echo);
  RawHttpClient client(server.port());
  const std::string request =
      "POST /c HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nX-Trailer: ignored\r\n\r\n";

  for (const char byte : request) ASSERT_TRUE(client.send(std::string_view(&byte, 1)));

  EXPECT_EQ(client.answer().body, "POST /c hello world");
  EXPECT_EQ(client.exchange(get_request("/next")).body, "GET /next ");
}

TEST(EdgeHttp, HeadIsAnsweredWithTheLengthAndWithoutTheBody) {
  EdgeUnderTest server(echo);
  RawHttpClient client(server.port());

  client.send("HEAD /h HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const RawAnswer answer = client.answer(true);

  EXPECT_EQ(answer.headers.at("Content-Length"), "8");
  EXPECT_EQ(client.exchange(get_request("/")).body, "GET / ") << "a body would stand here";
}

TEST(EdgeHttp, WhoWaitsFor100ContinueIsToldToGoOn) {
  EdgeUnderTest server(echo);
  RawHttpClient client(server.port());

  EXPECT_EQ(
      client
          .exchange("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
          .status,
      100);
  EXPECT_EQ(client.exchange("ok").body, "POST / ok");
}

TEST(EdgeHttp, ConnectionCloseIsHonouredAndSaid) {
  EdgeUnderTest server(echo);
  RawHttpClient client(server.port());

  const RawAnswer answer = client.exchange("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(answer.headers.at("Connection"), "close");
  EXPECT_TRUE(client.ended());
}

TEST(EdgeHttp, Http10ClosesUnlessItAsksToStay) {
  EdgeUnderTest server(echo);
  RawHttpClient staying(server.port()), leaving(server.port());

  EXPECT_EQ(staying.exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").headers.at("Connection"),
            "keep-alive");
  EXPECT_EQ(staying.exchange("GET /2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").body, "GET /2 ");
  EXPECT_EQ(leaving.exchange("GET / HTTP/1.0\r\n\r\n").status, 200);
  EXPECT_TRUE(leaving.ended());
}

TEST(EdgeHttp, AClientThatEndsItsSideStillGetsItsAnswer) {
  EdgeUnderTest server(echo);
  RawHttpClient client(server.port());

  client.send(get_request("/last"));
  client.end_sending();

  EXPECT_EQ(client.answer().body, "GET /last ");
  EXPECT_TRUE(client.ended());
}

TEST(EdgeHttp, ALargeAnswerArrivesWhole) {
  const std::string large(8 << 20, 'x');
  EdgeUnderTest server([&large](const EdgeRequest&) -> Task<EdgeResponse> {
    return [](const std::string& body) -> Task<EdgeResponse> {
      EdgeResponse response;
      response.body = body;
      co_return response;
    }(large);
  });
  RawHttpClient client(server.port());

  EXPECT_EQ(client.exchange(get_request("/")).body, large);
}

TEST(EdgeHttp, AHandlersExceptionIsA500WithoutDetail) {
  EdgeUnderTest server([](const EdgeRequest&) -> Task<EdgeResponse> {
    throw std::runtime_error("the database password is hunter2");
    co_return EdgeResponse();
  });
  RawHttpClient client(server.port());

  const RawAnswer answer = client.exchange(get_request("/"));

  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("hunter2"), std::string::npos);
  EXPECT_NE(answer.body.find(answer.headers.at("Request-Id")), std::string::npos);
}

TEST(EdgeHttp, AHeaderValueOfAHandlerCannotBreakItsLine) {
  EdgeUnderTest server([](const EdgeRequest&) -> Task<EdgeResponse> {
    EdgeResponse response;
    response.headers.emplace("X-Evil", "a\r\nSet-Cookie: stolen=1");
    co_return response;
  });
  RawHttpClient client(server.port());

  EXPECT_FALSE(client.exchange(get_request("/")).headers.contains("Set-Cookie"));
}

}  // namespace
}  // namespace florin
