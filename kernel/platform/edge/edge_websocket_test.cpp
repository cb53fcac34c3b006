// What clients see of the edge over a WebSocket: the handshake, frames that RFC 6455 allows and forbids,
// pings, bounds and goodbyes.
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>

#include "kernel/platform/edge/edge_under_test.hpp"
#include "tests/support/raw_websocket.hpp"

namespace florin {
namespace {

using namespace florin::testing;

Task<EdgeResponse> plain(const EdgeRequest&) {
  EdgeResponse response;
  response.body = "plain";
  co_return response;
}

std::shared_ptr<const std::string> shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

// Says back what it hears, and lets tests hold on to peers.
class EchoSockets final : public WebSocketHandler {
 public:
  std::optional<EdgeResponse> refuses(const EdgeRequest& request) override {
    if (request.path != "/forbidden") return std::nullopt;
    EdgeResponse response;
    response.status = 403;
    return response;
  }
  void opened(std::shared_ptr<WebSocketPeer> peer) override {
    const std::lock_guard lock(mutex_);
    peers_.emplace(peer->id(), std::move(peer));
    changed_.notify_all();
  }
  void received(WebSocketPeer& peer, std::string_view text) override {
    peer.send(shared("echo " + std::string(text)));
  }
  void closed(WebSocketPeer& peer) override {
    const std::lock_guard lock(mutex_);
    peers_.erase(peer.id());
    changed_.notify_all();
  }
  bool wait_for_peers(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(5), [&] { return peers_.size() == count; });
  }
  std::shared_ptr<WebSocketPeer> only_peer() {
    wait_for_peers(1);
    const std::lock_guard lock(mutex_);
    return peers_.begin()->second;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, std::shared_ptr<WebSocketPeer>> peers_;
};

struct Served {
  explicit Served(EdgeOptions options = {}) : server(plain, std::move(options), &sockets) {}
  EchoSockets sockets;
  EdgeUnderTest server;
};

// The close code with which the server ends after `bytes`.
int close_code_after(std::string_view bytes, EdgeOptions options = {}) {
  Served served(std::move(options));
  RawHttpClient client = open_websocket(served.server.port(), "/ws");
  client.send(bytes);
  const auto frame = read_message(client);
  EXPECT_TRUE(client.ended());
  return frame ? frame->close_code() : -1;
}

TEST(EdgeWebSocket, TheHandshakeProvesThatTheServerReadTheKey) {
  Served served;
  RawHttpClient client(served.server.port());

  const RawAnswer answer = client.exchange(upgrade_request("/ws"));

  EXPECT_EQ(answer.status, 101);
  EXPECT_EQ(answer.headers.at("Sec-WebSocket-Accept"),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");  // RFC 6455 section 1.3.
  EXPECT_EQ(answer.headers.at("Connection"), "Upgrade");
}

TEST(EdgeWebSocket, AFrameBehindTheHandshakeInOneWriteIsHeard) {
  Served served;
  RawHttpClient client(served.server.port());

  client.send(upgrade_request("/ws") + client_frame(kText, "early"));

  EXPECT_EQ(client.answer().status, 101);
  EXPECT_EQ(read_message(client)->payload, "echo early");
}

TEST(EdgeWebSocket, TheUpgradeWaitsForTheAnswersBeforeIt) {
  Served served;
  RawHttpClient client(served.server.port());

  client.send(get_request("/") + upgrade_request("/ws") + client_frame(kText, "x"));

  EXPECT_EQ(client.answer().body, "plain");
  EXPECT_EQ(client.answer().status, 101);
  EXPECT_EQ(read_message(client)->payload, "echo x");
}

TEST(EdgeWebSocket, AnotherVersionIsToldWhichOneWeSpeak) {
  Served served;
  RawHttpClient client(served.server.port());

  const RawAnswer answer = client.exchange(
      "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
      "8\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

  EXPECT_EQ(answer.status, 426);
  EXPECT_EQ(answer.headers.at("Sec-WebSocket-Version"), "13");
}

TEST(EdgeWebSocket, AMalformedKeyOrAMissingConnectionHeaderIsRefused) {
  Served served;
  RawHttpClient client(served.server.port());

  EXPECT_EQ(client
                .exchange("GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n")
                .status,
            400);
  EXPECT_EQ(client
                .exchange("GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .status,
            400);
}

TEST(EdgeWebSocket, TheHandlersRefusalIsAnHttpAnswer) {
  Served served;
  RawHttpClient client(served.server.port());

  EXPECT_EQ(client.exchange(upgrade_request("/forbidden")).status, 403);
  EXPECT_EQ(client.exchange(get_request("/")).body, "plain") << "the connection goes on as HTTP";
}

TEST(EdgeWebSocket, FragmentsAreJoinedAlsoAroundAPing) {
  Served served;
  RawHttpClient client = open_websocket(served.server.port(), "/ws");

  client.send(client_frame(kText, "one ", {.final = false}) + client_frame(kPing, "p") +
              client_frame(kContinuation, "two ", {.final = false}) + client_frame(kContinuation, "three"));

  EXPECT_EQ(read_frame(client)->opcode, kPong);
  EXPECT_EQ(read_message(client)->payload, "echo one two three");
}

TEST(EdgeWebSocket, AMessageInPiecesWaitsForItsRestAsLongAsItTakes) {
  Served served;
  RawHttpClient client = open_websocket(served.server.port(), "/ws");

  for (const char* round : {"first", "second"}) {
    client.send(client_frame(kText, "one ", {.final = false}));
    client.send(client_frame(kPing, round));
    EXPECT_EQ(read_frame(client)->opcode, kPong) << "so the first piece has been read";
    const std::string rest = client_frame(kContinuation, round);
    client.send(rest.substr(0, 1));
    client.send(rest.substr(1));
    EXPECT_EQ(read_message(client)->payload, std::string("echo one ") + round);
  }
}

TEST(EdgeWebSocket, MessagesOfEveryLengthComeBackWhole) {
  Served served;
  RawHttpClient client = open_websocket(served.server.port(), "/ws");

  for (const std::size_t size : {0, 1, 120, 121, 125, 126, 127, 65535, 65536}) {
    const std::string text(size, 'x');
    client.send(client_frame(kText, text));
    EXPECT_EQ(read_message(client)->payload, "echo " + text);
  }
}

TEST(EdgeWebSocket, AFrameThatComesByteByByteIsHeard) {
  Served served;
  RawHttpClient client = open_websocket(served.server.port(), "/ws");

  for (const char byte : client_frame(kText, "slowly")) client.send(std::string_view(&byte, 1));

  EXPECT_EQ(read_message(client)->payload, "echo slowly");
}

TEST(EdgeWebSocket, AnUnmaskedFrameEndsWith1002) {
  EXPECT_EQ(close_code_after(client_frame(kText, "bare", {.masked = false})), 1002);
}

TEST(EdgeWebSocket, ReservedBitsEndWith1002) {
  EXPECT_EQ(close_code_after(client_frame(kText, "x", {.rsv = 4})), 1002);
}

TEST(EdgeWebSocket, ReservedOpcodesEndWith1002) {
  EXPECT_EQ(close_code_after(client_frame(3, "x")), 1002);
  EXPECT_EQ(close_code_after(client_frame(11, "x")), 1002);
}

TEST(EdgeWebSocket, AContinuationOfNothingEndsWith1002) {
  EXPECT_EQ(close_code_after(client_frame(kContinuation, "x")), 1002);
}

TEST(EdgeWebSocket, AFragmentedOrLongPingEndsWith1002) {
  EXPECT_EQ(close_code_after(client_frame(kPing, "x", {.final = false})), 1002);
  EXPECT_EQ(close_code_after(client_frame(kPing, std::string(126, 'x'))), 1002);
}

TEST(EdgeWebSocket, TextThatIsNoUtf8EndsWith1007AlsoAcrossFragments) {
  EXPECT_EQ(close_code_after(client_frame(kText, "\xc3\x28")), 1007);
  EXPECT_EQ(
      close_code_after(client_frame(kText, "\xe2\x82", {.final = false}) + client_frame(kContinuation, "x")),
      1007);
}

TEST(EdgeWebSocket, AMessageOverTheLimitEndsWith1009WithoutBeingBuffered) {
  EdgeOptions options;
  options.limits.websocket_message_bytes = 1000;
  EXPECT_EQ(close_code_after(client_frame(kText, std::string(1001, 'x')), options), 1009);
  // A gigabyte is announced, and one byte of it sent.
  EXPECT_EQ(
      close_code_after(std::string("\x81\xff\x00\x00\x00\x00\x40\x00\x00\x00\x12\x34\x56\x78x", 15), options),
      1009);
  EXPECT_EQ(close_code_after(client_frame(kText, std::string(600, 'x'), {.final = false}) +
                                 client_frame(kContinuation, std::string(600, 'x')),
                             options),
            1009);
}

TEST(EdgeWebSocket, ABinaryMessageEndsWith1003) {
  Served served;
  RawHttpClient client = open_websocket(served.server.port(), "/ws");

  client.send(client_frame(kBinary, "x"));

  EXPECT_EQ(read_message(client)->close_code(), 1003);
}

TEST(EdgeWebSocket, AClientsCloseIsAnsweredWithItsCodeAndTheOwnerIsTold) {
  Served served;
  RawHttpClient client = open_websocket(served.server.port(), "/ws");
  ASSERT_TRUE(served.sockets.wait_for_peers(1));

  client.send(client_frame(kClose, std::string("\x03\xe8", 2) + "bye"));

  EXPECT_EQ(read_message(client)->close_code(), 1000);
  EXPECT_TRUE(client.ended());
  EXPECT_TRUE(served.sockets.wait_for_peers(0));
}

TEST(EdgeWebSocket, TheOwnersCloseComesAfterWhatItHasSent) {
  Served served;
  RawHttpClient client = open_websocket(served.server.port(), "/ws");
  const auto peer = served.sockets.only_peer();

  EXPECT_TRUE(peer->send(shared("last words")));
  peer->close(4401, "no longer welcome");

  EXPECT_FALSE(peer->send(shared("too late")));
  EXPECT_EQ(read_message(client)->payload, "last words");
  const auto goodbye = read_message(client);
  EXPECT_EQ(goodbye->close_code(), 4401);
  EXPECT_EQ(goodbye->close_reason(), "no longer welcome");
}

TEST(EdgeWebSocket, TextsOfManyThreadsArriveWholeAndInEachThreadsOrder) {
  Served served;
  RawHttpClient client = open_websocket(served.server.port(), "/ws");
  const auto peer = served.sockets.only_peer();

  std::vector<std::thread> senders;
  for (int sender = 0; sender < 4; ++sender)
    senders.emplace_back([&peer, sender] {
      for (int i = 0; i < 250; ++i) peer->send(shared(std::to_string(sender) + ":" + std::to_string(i)));
    });
  for (std::thread& sender : senders) sender.join();

  std::map<char, int> next;
  for (int i = 0; i < 1000; ++i) {
    const auto frame = read_message(client);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->payload.substr(2), std::to_string(next[frame->payload[0]]++));
  }
}

TEST(EdgeWebSocket, AQueueThatNobodyReadsIsBounded) {
  EdgeOptions options;
  options.limits.websocket_queue_bytes = 100'000;
  Served served(options);
  RawHttpClient client = open_websocket(served.server.port(), "/ws");
  const auto peer = served.sockets.only_peer();
  const auto text = shared(std::string(10'000, 'x'));

  int sent = 0;
  // The kernel's buffers take some megabytes before ours fills.
  while (sent < 100'000 && peer->send(text)) ++sent;

  EXPECT_LT(sent, 100'000);
  EXPECT_LE(peer->queued_bytes(), 100'000u);
  for (int i = 0; i < sent; ++i) ASSERT_EQ(read_message(client)->payload.size(), 10'000u) << i;
  EXPECT_TRUE(peer->send(text)) << "there is room again";
}

TEST(EdgeWebSocket, ASilentPeerIsPingedAndThenGivenUp) {
  EdgeOptions options;
  options.limits.websocket_ping_time = std::chrono::milliseconds(200);
  Served served(options);
  RawHttpClient answering = open_websocket(served.server.port(), "/ws");
  RawHttpClient silent = open_websocket(served.server.port(), "/ws");

  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(read_frame(answering)->opcode, kPing);
    answering.send(client_frame(kPong, ""));
  }

  EXPECT_EQ(read_frame(silent)->opcode, kPing);
  EXPECT_TRUE(silent.ended());
  EXPECT_TRUE(served.sockets.wait_for_peers(1)) << "who answers stays";
}

TEST(EdgeWebSocket, DrainingSaysGoingAway) {
  Served served;
  RawHttpClient client = open_websocket(served.server.port(), "/ws");
  ASSERT_TRUE(served.sockets.wait_for_peers(1));

  std::thread draining([&served] { EXPECT_TRUE(served.server.edge().drain(std::chrono::seconds(5))); });

  const auto goodbye = read_message(client);
  ASSERT_TRUE(goodbye);
  EXPECT_EQ(goodbye->close_code(), 1001);
  client.send(client_frame(kClose, "\x03\xe9"));
  EXPECT_TRUE(client.ended());
  draining.join();
}

}  // namespace
}  // namespace florin
