// What each way for an exchange to go wrong is called. The names decide whether a card may be charged
// elsewhere (law 3): only what certainly never left is kUnreachable.
#include "kernel/platform/http_client/http_client_fixture.hpp"

#include <atomic>

namespace florin::test {
namespace {

using Kind = Error::Kind;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

class HttpExchange : public HttpClientTest {};

TEST_F(HttpExchange, ARequestArrivesAsWrittenAndItsAnswerComesBack) {
  std::string seen;
  RawServer server([&](RawPeer& peer, int) {
    seen = peer.read_request();
    peer.say("HTTP/1.1 201 Created\r\nX-One: a\r\nX-One: b\r\nContent-Length: 11\r\n\r\n{\"id\":\"ch\"}");
    peer.wait_until_gone();
  });

  const Result<HttpResponse> answer = send(route_to(server.url()), charge());

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->headers.at("x-one"), "a, b");
  EXPECT_EQ(answer->body, "{\"id\":\"ch\"}");
  EXPECT_TRUE(seen.starts_with("POST /v1/charges HTTP/1.1\r\nHost: 127.0.0.1:")) << seen;
  EXPECT_NE(seen.find("Idempotency-Key: att_1\r\n"), std::string::npos);
  EXPECT_TRUE(seen.ends_with("Content-Length: 11\r\n\r\namount=1200")) << seen;
}

TEST_F(HttpExchange, ABasePathStandsBeforeTheRequestsOwn) {
  std::string seen;
  RawServer server([&](RawPeer& peer, int) {
    seen = peer.read_line();
    peer.say(kHello);
  });
  ASSERT_TRUE(send(route_to(server.url() + "/stripe/"), charge()));
  EXPECT_EQ(seen, "POST /stripe/v1/charges HTTP/1.1\r\n");
}

TEST_F(HttpExchange, ARefusedConnectionIsUnreachable) {
  EXPECT_EQ(kind_of(route_to("http://127.0.0.1:" + std::to_string(closed_port())), charge()),
            Kind::kUnreachable);
  EXPECT_EQ(code, "connect_failed");
}

TEST_F(HttpExchange, AnUnknownNameIsUnreachable) {
  EXPECT_EQ(kind_of(route_to("http://nobody.invalid"), charge()), Kind::kUnreachable);
  EXPECT_EQ(code, "dns_failed");
}

TEST_F(HttpExchange, AHostThatTheRouteDoesNotKnowIsUnreachable) {
  HttpRequest request = charge();
  request.host = "files.acme.com";
  EXPECT_EQ(kind_of(route_to("http://127.0.0.1:1"), request), Kind::kUnreachable);
}

TEST_F(HttpExchange, ALineBreakInAHeaderIsRefusedBeforeAnythingIsSent) {
  RawServer server([](RawPeer&, int) {});
  HttpRequest request = charge();
  request.headers["X-Note"] = "a\r\nX-Admin: 1";
  EXPECT_EQ(kind_of(route_to(server.url()), request), Kind::kUnreachable);
  EXPECT_EQ(code, "invalid_request");
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(HttpExchange, SilenceAfterTheRequestIsTimedOut) {
  RawServer server([](RawPeer& peer, int) {
    peer.read_request();
    peer.wait_until_gone();
  });
  HttpRequest request = charge();
  request.timeout = milliseconds(150);
  EXPECT_EQ(kind_of(route_to(server.url()), request), Kind::kTimedOut);
}

TEST_F(HttpExchange, AnAnswerThatDripsEndsAtTheDeadlineAndNotLater) {
  std::atomic<bool> gone{false};
  RawServer server([&](RawPeer& peer, int) {
    peer.read_request();
    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (peer.say("x")) std::this_thread::sleep_for(milliseconds(20));
    gone = true;
  });
  HttpRequest request = charge();
  request.timeout = milliseconds(400);
  const auto before = Steady::now();
  EXPECT_EQ(kind_of(route_to(server.url()), request), Kind::kTimedOut);
  const auto took = Steady::now() - before;
  EXPECT_GE(took, milliseconds(390));
  EXPECT_LT(took, milliseconds(900));
  while (!gone) std::this_thread::yield();  // The connection is shut, so the drip ends too.
}

TEST_F(HttpExchange, AConnectionResetAfterTheRequestIsBroken) {
  RawServer server([](RawPeer& peer, int) {
    peer.read_request();
    peer.reset();
  });
  EXPECT_EQ(kind_of(route_to(server.url()), charge()), Kind::kBroken);
}

TEST_F(HttpExchange, AConnectionClosedWithoutAnAnswerIsBroken) {
  RawServer server([](RawPeer& peer, int) { peer.read_request(); });
  EXPECT_EQ(kind_of(route_to(server.url()), charge()), Kind::kBroken);
}

// Each of these is an answer that must never be taken for a whole one.
class HttpNonsense : public HttpClientTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(HttpNonsense, IsBrokenAndNeverASuccess) {
  RawServer server([](RawPeer& peer, int) {
    peer.read_request();
    peer.say(GetParam());
  });
  EXPECT_EQ(kind_of(route_to(server.url()), charge()), Kind::kBroken) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(
    Answers, HttpNonsense,
    ::testing::Values("SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Le",
                      "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"status\":\"succeeded\"}",
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nhello",
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
                      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                      "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", "HTTP/1.1 100 Continue\r\n\r\n",
                      "HTTP/1.1 101 Switching Protocols\r\n\r\n", "\0\0\0\0"));

TEST_F(HttpExchange, AnAnswerOverFourMebibytesIsBroken) {
  RawServer server([](RawPeer& peer, int) {
    peer.read_request();
    peer.say("HTTP/1.1 200 OK\r\n\r\n");
    const std::string much(64 * 1024, 'x');
    while (peer.say(much)) {
    }
  });
  EXPECT_EQ(kind_of(route_to(server.url()), charge()), Kind::kBroken);
}

TEST_F(HttpExchange, AChunkedAnswerIsPutTogetherAndInterimOnesArePassedOver) {
  RawServer server([](RawPeer& peer, int) {
    peer.read_request();
    peer.say(
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    peer.say("5\r\nhello\r\n6;note=1\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n");
    peer.wait_until_gone();
  });
  const Result<HttpResponse> answer = send(route_to(server.url()), charge());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "hello world");
}

TEST_F(HttpExchange, ARedirectIsAnAnswerLikeAnyOtherAndIsNotFollowed) {
  RawServer elsewhere([](RawPeer& peer, int) { peer.say(kHello); });
  RawServer server([&](RawPeer& peer, int) {
    peer.read_request();
    peer.say("HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url() + "\r\nContent-Length: 0\r\n\r\n");
  });
  const Result<HttpResponse> answer = send(route_to(server.url()), charge());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST_F(HttpExchange, StoppingTheClientEndsWhatIsUnderWayAsTimedOut) {
  RawServer server([&](RawPeer& peer, int) {
    peer.read_request();
    client->stop();
  });
  EXPECT_EQ(kind_of(route_to(server.url()), charge()), Kind::kTimedOut);
  EXPECT_EQ(kind_of(route_to(server.url()), charge()), Kind::kUnreachable);
}

TEST_F(HttpExchange, PrivateAddressesAreRefusedForUrlsThatMerchantsGaveAndNoConnectionIsMade) {
  RawServer server([](RawPeer& peer, int) { peer.say(kHello); });
  for (const char* host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]",
                           "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "user@127.0.0.1"}) {
    Route route = route_to(std::string("http://") + host + ":" + std::to_string(server.port()));
    route.allow_private = false;
    route.key = host;
    EXPECT_EQ(kind_of(route, charge()), Kind::kUnreachable) << host;
    EXPECT_TRUE(code == "address_refused" || code == "invalid_url") << host << ": " << code;
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(HttpExchange, WhatWasExchangedIsLoggedWithoutItsSecrets) {
  RawServer server([](RawPeer& peer, int) {
    peer.read_request();
    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{\"client_secret\":\"pi_1_secret\"}");
  });
  HttpRequest request = charge();
  request.headers["Authorization"] = "Bearer sk_live_1";
  request.body = "card[number]=4242424242424242&card[cvc]=123&amount=1200";
  ASSERT_TRUE(send(route_to(server.url()), request));
  ASSERT_EQ(log.size(), 1u);
  const std::string text = to_text(log[0].to_json());
  for (const char* secret : {"sk_live_1", "4242", "123&", "pi_1_secret"})
    EXPECT_EQ(text.find(secret), std::string::npos) << secret << " in " << text;
  EXPECT_EQ(log[0].status, 200);
  EXPECT_EQ(log[0].headers.at("Idempotency-Key"), "att_1");
  EXPECT_NE(log[0].request_body.find("amount=1200"), std::string::npos);
}

}  // namespace
}  // namespace florin::test
