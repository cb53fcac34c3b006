// Kept connections, the bulkhead and the threads: what is shared between exchanges, over real sockets.
#include "kernel/platform/http_client/http_client_fixture.hpp"

#include <atomic>
#include <semaphore>

namespace florin::test {
namespace {

using Kind = Error::Kind;
using std::chrono::milliseconds;

class HttpPool : public HttpClientTest {};

void answer_all(RawPeer& peer) {
  while (!peer.read_request().empty()) peer.say(kHello);
}

TEST_F(HttpPool, OneConnectionServesManyExchanges) {
  RawServer server([](RawPeer& peer, int) { answer_all(peer); });
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(send(route_to(server.url()), charge()));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpPool, AConnectionThatItsFarSideWantsClosedIsNotKept) {
  RawServer server([](RawPeer& peer, int) {
    peer.read_request();
    peer.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
    peer.wait_until_gone();
  });
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(send(route_to(server.url()), charge()));
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(HttpPool, AConnectionWithBytesThatNobodyAskedForIsNotReused) {
  RawServer server([](RawPeer& peer, int) {
    peer.read_request();
    peer.say(std::string(kHello) + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake");
    peer.wait_until_gone();
  });
  for (int i = 0; i < 2; ++i) {
    const Result<HttpResponse> answer = send(route_to(server.url()), charge());
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "hello");
  }
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpPool, AKeptConnectionThatHasBeenClosedIsNoticedBeforeTheRequestLeaves) {
  std::binary_semaphore close{0}, closed{0};
  RawServer server([&](RawPeer& peer, int nth) {
    peer.read_request();
    peer.say(kHello);
    if (nth > 0) return answer_all(peer);
    close.acquire();
    peer.reset();  // So that the closing has happened at our end when the script says so.
    closed.release();
  });
  ASSERT_TRUE(send(route_to(server.url()), charge()));
  close.release();
  closed.acquire();
  std::this_thread::sleep_for(milliseconds(20));  // The socket is closed right after the script's return.
  EXPECT_TRUE(send(route_to(server.url()), charge())) << "not repeatable, and yet safe: it had not left";
  EXPECT_EQ(server.connections(), 2);
}

// The far side closes a kept connection under the request: readable only after we wrote.
class HttpStale : public HttpClientTest {
 protected:
  RawServer server{[](RawPeer& peer, int nth) {
    peer.read_request();
    peer.say(kHello);
    if (nth > 0) return answer_all(peer);
    peer.read_line();
    peer.reset();
  }};
};

TEST_F(HttpStale, ARepeatableRequestIsSentAgainOnAnotherConnection) {
  ASSERT_TRUE(send(route_to(server.url()), charge()));
  HttpRequest request = charge();
  request.repeatable = true;
  EXPECT_TRUE(send(route_to(server.url()), request));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpStale, AnyOtherRequestIsBrokenBecauseItMayHaveBeenRead) {
  ASSERT_TRUE(send(route_to(server.url()), charge()));
  EXPECT_EQ(kind_of(route_to(server.url()), charge()), Kind::kBroken);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpPool, ARepeatWhoseConnectionIsRefusedIsBrokenAndNotUnreachable) {
  RawServer* listening = nullptr;
  RawServer server([&](RawPeer& peer, int) {
    peer.read_request();
    peer.say(kHello);
    peer.read_line();  // The second request's: it has left, and nobody listens any more.
    listening->stop_listening();
    peer.reset();
  });
  listening = &server;
  ASSERT_TRUE(send(route_to(server.url()), charge()));
  HttpRequest request = charge();
  request.repeatable = true;
  EXPECT_EQ(kind_of(route_to(server.url()), request), Kind::kBroken);
}

TEST_F(HttpPool, AFreshConnectionThatBreaksIsNotRepeatedEvenWhenItMightBe) {
  RawServer server([](RawPeer& peer, int) {
    peer.read_request();
    peer.reset();
  });
  HttpRequest request = charge();
  request.repeatable = true;
  EXPECT_EQ(kind_of(route_to(server.url()), request), Kind::kBroken);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpPool, ASilentRouteFillsItsBulkheadAndLeavesAnothersLatencyAsItWas) {
  HttpClient::Options options;
  options.threads = 16;
  renew(options);
  RawServer silent([](RawPeer& peer, int) { peer.wait_until_gone(); });
  RawServer lively([](RawPeer& peer, int) { answer_all(peer); });
  Route slow = route_to(silent.url());
  slow.key = "a/silent";
  slow.timeout = std::chrono::seconds(2);
  const HttpRequest request = charge();
  std::atomic<int> full{0}, timed_out{0}, ended{0};
  struct Body {
    static Task<void> run(HttpClient& client, Route route, HttpRequest sent, std::atomic<int>& no_place,
                          std::atomic<int>& late, std::atomic<int>& done) {
      const std::unique_ptr<Http> door = client.door(route, nullptr);
      const Result<HttpResponse> answer = co_await door->send(sent);
      if (!answer && answer.error().code == "bulkhead_full") ++no_place;
      if (!answer && answer.error().kind == Error::Kind::kTimedOut) ++late;
      ++done;
    }
  };
  for (int i = 0; i < 1000; ++i)
    executor.spawn("silent", Body::run(*client, slow, request, full, timed_out, ended));
  while (full < 992) std::this_thread::yield();  // Half of 16 threads wait; the rest is told at once.

  for (int i = 0; i < 50; ++i) {
    const auto before = std::chrono::steady_clock::now();
    ASSERT_TRUE(send(route_to(lively.url()), request));
    EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(300));
  }
  EXPECT_EQ(client->health("a/silent").in_flight, 8);
  client->stop();
  ASSERT_TRUE(executor.drain(std::chrono::seconds(5)));
  EXPECT_EQ(timed_out, 8);
  EXPECT_EQ(ended, 1000);
}

TEST_F(HttpPool, ARouteThatKeepsFailingIsCutOffAndSaysSo) {
  RawServer server([](RawPeer& peer, int) {
    while (!peer.read_request().empty()) peer.say("HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n");
  });
  const Route route = route_to(server.url());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send(route, charge())->status, 503);
  EXPECT_EQ(kind_of(route, charge()), Kind::kUnreachable);
  EXPECT_EQ(code, "circuit_open");
  const RouteHealth health = client->health(route.key);
  EXPECT_EQ(health.circuit, Circuit::kOpen);
  EXPECT_EQ(health.recent, 5);
  EXPECT_EQ(health.failed, 5);
  EXPECT_GT(health.p50.count(), 0);
}

}  // namespace
}  // namespace florin::test
