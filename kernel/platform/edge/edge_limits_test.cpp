// The edge's bounds: time, size, rate and number, and the order in which pipelined requests are served.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <mutex>

#include "kernel/platform/edge/edge_under_test.hpp"
#include "kernel/platform/edge/limits.hpp"
#include "tests/support/raw_http_client.hpp"

namespace florin {
namespace {

using std::chrono::milliseconds;
using testing::EdgeUnderTest;
using testing::get_request;
using testing::post_request;
using testing::RawAnswer;
using testing::RawHttpClient;

Task<EdgeResponse> echo_path(const EdgeRequest& request) {
  EdgeResponse response;
  response.body = request.path;
  co_return response;
}

std::string code_of(const RawAnswer& answer) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  return json.contains("error") ? json["error"]["code"].get<std::string>() : "no error: " + answer.body;
}

TEST(EdgeTime, AHeadThatDoesNotEndIsA408) {
  EdgeOptions options;
  options.limits.header_time = milliseconds(50);
  EdgeUnderTest server(echo_path, options);
  RawHttpClient client(server.port());

  client.send("GET / HTTP/1.1\r\nHost:");

  const RawAnswer answer = client.answer();
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(code_of(answer), "slow_header");
  EXPECT_TRUE(client.ended());
}

TEST(EdgeTime, DrippingByteByByteWinsNoTime) {
  EdgeOptions options;
  options.limits.header_time = milliseconds(60);
  EdgeUnderTest server(echo_path, options);
  RawHttpClient client(server.port());
  client.send("GET / HTTP/1.1\r\n");

  int lines = 0;
  while (lines < 1000 && client.send("X: y\r\n")) {
    std::this_thread::sleep_for(milliseconds(5));  // The slowness is what is tested.
    ++lines;
  }

  EXPECT_LT(lines, 1000);
}

TEST(EdgeTime, ABodyThatDoesNotEndIsA408) {
  EdgeOptions options;
  options.limits.body_time = milliseconds(50);
  EdgeUnderTest server(echo_path, options);
  RawHttpClient client(server.port());

  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");

  EXPECT_EQ(code_of(client.answer()), "slow_body");
  EXPECT_TRUE(client.ended());
}

TEST(EdgeTime, AnIdleConnectionIsClosedWithoutAWord) {
  EdgeOptions options;
  options.limits.idle_time = milliseconds(50);
  EdgeUnderTest server(echo_path, options);
  RawHttpClient unused(server.port()), used(server.port());

  EXPECT_EQ(used.exchange(get_request("/")).status, 200);

  EXPECT_EQ(unused.read(1), "");
  EXPECT_TRUE(unused.ended());
  EXPECT_TRUE(used.ended());
}

TEST(EdgeTime, AClientThatDoesNotReadItsAnswerIsGivenUp) {
  EdgeOptions options;
  options.limits.body_time = milliseconds(100);
  EdgeUnderTest server(
      [](const EdgeRequest&) -> Task<EdgeResponse> {
        EdgeResponse response;
        response.body.assign(64 << 20, 'x');
        co_return response;
      },
      options);
  RawHttpClient client(server.port());

  client.send(get_request("/"));

  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (server.edge().counts().requests == 0 || server.edge().counts().connections != 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
}

TEST(EdgeSize, ABodyOverItsRoutesLimitIsA413BeforeItIsSent) {
  EdgeOptions options;
  options.limits.body_bytes = 10;
  options.body_limit = [](std::string_view method, std::string_view path) -> std::optional<std::size_t> {
    if (method == "POST" && path == "/large") return 100;
    return std::nullopt;
  };
  EdgeUnderTest server(echo_path, options);

  EXPECT_EQ(RawHttpClient(server.port()).exchange(post_request("/", std::string(10, 'x'))).status, 200);
  EXPECT_EQ(RawHttpClient(server.port()).exchange(post_request("/large", std::string(100, 'x'))).status, 200);
  RawHttpClient client(server.port());
  const RawAnswer answer = client.exchange(
      "POST /large?x HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(code_of(answer), "body_too_large");
  EXPECT_TRUE(client.ended());
}

TEST(EdgeSize, AChunkedBodyIsStoppedWhereItPassesTheLimit) {
  EdgeOptions options;
  options.limits.body_bytes = 10;
  EdgeUnderTest server(echo_path, options);
  RawHttpClient client(server.port());

  client.send(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n8\r\n12345678\r\n");

  EXPECT_EQ(client.answer().status, 413);
}

TEST(EdgeSize, AnAnswerSurvivesAClientThatIsStillSending) {
  EdgeOptions options;
  options.limits.body_bytes = 1000;
  EdgeUnderTest server(echo_path, options);
  RawHttpClient client(server.port());

  client.send(post_request("/", std::string(1 << 20, 'x')));

  EXPECT_EQ(client.answer().status, 413) << "closing with unread bytes would have reset it away";
}

TEST(EdgeNumber, ConnectionsPerAddressAreBoundedAndPaidBack) {
  EdgeOptions options;
  options.limits.connections_per_address = 2;
  EdgeUnderTest server(echo_path, options);
  RawHttpClient first(server.port());
  auto second = std::make_unique<RawHttpClient>(server.port());
  first.exchange(get_request("/"));
  second->exchange(get_request("/"));

  RawHttpClient third(server.port());
  const RawAnswer refused = third.answer();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.at("Retry-After"), "1");
  EXPECT_TRUE(third.ended());

  second.reset();
  RawAnswer answer;
  for (int i = 0; i < 1000 && answer.status != 200; ++i)
    answer = RawHttpClient(server.port()).exchange(get_request("/"));
  EXPECT_EQ(answer.status, 200);
}

TEST(EdgeNumber, AFullServerSays503) {
  EdgeOptions options;
  options.limits.connections = 1;
  EdgeUnderTest server(echo_path, options);
  RawHttpClient first(server.port());
  first.exchange(get_request("/"));

  EXPECT_EQ(RawHttpClient(server.port()).answer().status, 503);
  EXPECT_EQ(first.exchange(get_request("/still")).body, "/still");
}

// The size of this process's table of descriptors, as the kernel tells it.
std::int64_t descriptors_there_is_room_for() {
  std::ifstream status("/proc/self/status");
  std::int64_t size = 0;
  for (std::string word; status >> word && size == 0;)
    if (word == "FDSize:") status >> size;
  return size;
}

TEST(EdgeNumber, TheTableOfDescriptorsHasRoomForAllConnectionsBeforeAnybodyComes) {
  EdgeUnderTest server(echo_path);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const auto files = static_cast<std::int64_t>(std::min<rlim_t>(limit.rlim_cur, 1'000'000));
  EXPECT_GE(descriptors_there_is_room_for(), std::min(files - files / 4, EdgeLimits().connections));
}

// Callers while no descriptor is left are turned away at once; the one after them is served.
TEST(EdgeNumber, RunningOutOfDescriptorsTurnsCallersAwayAndPasses) {
  EdgeUnderTest server(echo_path);
  std::vector<int> callers;
  for (int i = 0; i < 4; ++i) callers.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int next_free = dup(callers.front());
  close(next_free);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none_left = before;
  none_left.rlim_cur = static_cast<rlim_t>(next_free);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none_left), 0);

  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(server.port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (const int caller : callers) {
    EXPECT_EQ(connect(caller, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    char byte = 0;
    EXPECT_LE(recv(caller, &byte, 1, 0), 0) << "closed without an answer";
  }

  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  for (const int caller : callers) close(caller);
  EXPECT_EQ(server.edge().counts().refused, 4);
  EXPECT_EQ(RawHttpClient(server.port()).exchange(get_request("/")).status, 200);
}

TEST(EdgeRate, AnAddressOverItsRateIsToldWhenToComeBack) {
  EdgeOptions options;
  options.limits.requests_per_second_per_address = 5;
  EdgeUnderTest server(echo_path, options);
  RawHttpClient client(server.port());

  RawAnswer answer;
  int served = 0;
  while (served < 100 && (answer = client.exchange(get_request("/"))).status == 200) ++served;

  EXPECT_GE(served, 10);
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.headers.at("Retry-After"), "1");
  EXPECT_EQ(code_of(answer), "too_many_requests");
}

TEST(EdgeRate, TheBucketFillsAtItsRate) {
  EdgeLimits limits;
  limits.requests_per_second_per_address = 10;
  AddressBook book(limits);
  const Duration start = std::chrono::seconds(100);

  for (int i = 0; i < 20; ++i) EXPECT_EQ(book.take("a", start), Duration(0)) << i;
  EXPECT_GT(book.take("a", start), Duration(0));
  EXPECT_EQ(book.take("b", start), Duration(0)) << "another address has its own";
  EXPECT_GT(book.take("a", start + milliseconds(99)), Duration(0));
  EXPECT_EQ(book.take("a", start + milliseconds(101)), Duration(0));
  EXPECT_GT(book.take("a", start + milliseconds(102)), Duration(0));
}

TEST(EdgePipeline, AnswersComeInTheOrderOfTheRequests) {
  EdgeUnderTest server([](const EdgeRequest& request) { return echo_path(request); });
  RawHttpClient client(server.port());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += get_request("/" + std::to_string(i));

  client.send(requests);

  for (int i = 0; i < 200; ++i) ASSERT_EQ(client.answer().body, "/" + std::to_string(i));
}

// Two gates that a test opens: requests wait in them.
struct Gates {
  std::mutex mutex;
  std::vector<std::string> entered;
  std::condition_variable changed;
  bool saw(std::size_t count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(5), [&] { return entered.size() >= count; });
  }
  std::size_t count() {
    const std::lock_guard lock(mutex);
    return entered.size();
  }
};

Task<EdgeResponse> wait_at(Gates& gates, Completion<bool>& slow, const EdgeRequest& request) {
  {
    const std::lock_guard lock(gates.mutex);
    gates.entered.push_back(request.method + request.path);
    gates.changed.notify_all();
  }
  if (request.path == "/slow") co_await slow;
  Task<EdgeResponse> echoing = echo_path(request);
  co_return co_await echoing;
}

// A server whose "/slow" answers when the test lets it.
struct Gated {
  Gates gates;
  ThreadExecutor gate_executor{1};
  Completion<bool> slow{gate_executor};
  EdgeUnderTest server{[this](const EdgeRequest& request) { return wait_at(gates, slow, request); }};
};

TEST(EdgePipeline, NothingRunsBesideAPost) {
  Gated gated;
  RawHttpClient client(gated.server.port());

  client.send(post_request("/slow", "x") + get_request("/after"));
  ASSERT_TRUE(gated.gates.saw(1));
  // The GET has been received with the POST; served, it would have entered by the time another is.
  EXPECT_EQ(RawHttpClient(gated.server.port()).exchange(get_request("/other")).body, "/other");
  EXPECT_EQ(gated.gates.count(), 2u);
  gated.slow.set(true);

  EXPECT_EQ(client.answer().body, "/slow");
  EXPECT_EQ(client.answer().body, "/after");
}

TEST(EdgePipeline, GetsRunSideBySideAndAreAnsweredInOrder) {
  Gated gated;
  RawHttpClient client(gated.server.port());

  client.send(get_request("/slow") + get_request("/quick"));
  ASSERT_TRUE(gated.gates.saw(2)) << "the quick one did not wait for the slow one";
  gated.slow.set(true);

  EXPECT_EQ(client.answer().body, "/slow");
  EXPECT_EQ(client.answer().body, "/quick");
}

TEST(EdgeDrain, WhatWasBegunIsAnsweredAndNobodyNewIsLetIn) {
  Gated gated;
  RawHttpClient busy(gated.server.port()), idle(gated.server.port());
  idle.exchange(get_request("/"));
  busy.send(get_request("/slow"));
  ASSERT_TRUE(gated.gates.saw(2));

  EXPECT_FALSE(gated.server.edge().drain(milliseconds(20))) << "the slow request is under way";
  EXPECT_TRUE(idle.ended());
  EXPECT_THROW(RawHttpClient another(gated.server.port()), std::runtime_error);
  gated.slow.set(true);

  const RawAnswer answer = busy.answer();
  EXPECT_EQ(answer.body, "/slow");
  EXPECT_EQ(answer.headers.at("Connection"), "close");
  EXPECT_TRUE(busy.ended());
  EXPECT_TRUE(gated.server.edge().drain(std::chrono::seconds(5)));
}

TEST(EdgeOpen, APortThatIsTakenIsAnErrorThatNamesIt) {
  EdgeUnderTest first(echo_path);
  EdgeOptions options;
  options.addresses = {"127.0.0.1"};
  options.port = first.port();

  const auto second = Edge::open(options, first.executor(), first.clock(), echo_path, nullptr);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, Error::Kind::kUnavailable);
  EXPECT_NE(second.error().message.find(std::to_string(first.port())), std::string::npos);
}

TEST(EdgeOpen, AnAddressThatTheHostLacksIsSkipped) {
  EdgeUnderTest other(echo_path);
  EdgeOptions options;
  options.addresses = {"192.0.2.1", "127.0.0.1"};  // The first is for documentation (RFC 5737).
  options.port = 0;

  const auto edge = Edge::open(options, other.executor(), other.clock(), echo_path, nullptr);

  ASSERT_TRUE(edge);
  EXPECT_EQ(RawHttpClient((*edge)->port()).exchange(get_request("/")).status, 200);
}

}  // namespace
}  // namespace florin
