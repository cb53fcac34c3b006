// What callers see of the rule of admission.hpp: who is turned away, and who stands in line, before the handler runs.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "kernel/platform/edge/admission.hpp"
#include "kernel/platform/edge/edge_under_test.hpp"
#include "tests/support/raw_http_client.hpp"

namespace florin {
namespace {

using std::chrono::seconds;
using testing::EdgeUnderTest;
using testing::get_request;
using testing::post_request;
using testing::RawAnswer;
using testing::RawHttpClient;

TEST(EdgeOverload, IsTold503AndWhenToComeBackBeforeTheHandlerHasRunAndTheConnectionStays) {
  std::atomic<int> handled{0};
  std::atomic<std::int64_t> backlog{5};
  EdgeOptions options;
  options.limits.requests_waiting = 5;
  options.backlog = [&backlog] { return backlog.load(); };
  options.urgency = [](std::string_view, std::string_view path) {
    return path == "/healthz" ? Urgency::kAlways : Urgency::kOrdinary;
  };
  const EdgeHandler handler = [&handled](const EdgeRequest&) -> Task<EdgeResponse> {
    ++handled;
    co_return EdgeResponse();
  };
  EdgeUnderTest server(handler, options);
  RawHttpClient client(server.port());

  const RawAnswer refused = client.exchange(post_request("/payments", "{}"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.at("Retry-After"), "1");
  EXPECT_NE(refused.body.find(R"("code":"overloaded")"), std::string::npos) << refused.body;
  EXPECT_EQ(handled, 0);
  EXPECT_EQ(server.edge().counts().shed, 1);
  EXPECT_EQ(client.exchange(get_request("/healthz")).status, 200);

  // They are refused at a glance now.
  for (int each = 0; each < 20; ++each) {
    const RawAnswer again = client.exchange(post_request("/payments", "{}"));
    EXPECT_EQ(again.status, 503);
    EXPECT_EQ(again.headers.at("Retry-After"), "1");
    EXPECT_NE(again.headers.at("Request-Id"), refused.headers.at("Request-Id"));
  }
  EXPECT_EQ(server.edge().counts().shed, 21);
  EXPECT_EQ(client.exchange(get_request("/healthz")).status, 200);
  const RawAnswer piecewise = client.exchange(post_request("/payments", std::string(100'000, ' ')));
  EXPECT_EQ(piecewise.status, 503) << "what does not come in one piece is refused in the ordinary way";

  backlog = 0;
  EXPECT_EQ(client.exchange(post_request("/payments", "{}")).status, 200);
  EXPECT_EQ(handled, 3);
}

Task<EdgeResponse> nothing_to_say(const EdgeRequest&) { co_return EdgeResponse(); }

// Until `count` requests have come.
void await_requests(EdgeUnderTest& server, std::int64_t count) {
  const auto deadline = std::chrono::steady_clock::now() + seconds(5);
  while (server.edge().counts().requests < count && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
}

TEST(EdgeLine, WhoStandsInItIsServedWhenWhatWasUnderWayIsDone) {
  std::atomic<std::int64_t> backlog{Admission::kLeast};
  EdgeOptions options;
  options.backlog = [&backlog] { return backlog.load(); };
  EdgeUnderTest server(nothing_to_say, options);
  RawHttpClient client(server.port());

  client.send(post_request("/payments", "{}"));
  await_requests(server, 1);
  EXPECT_EQ(server.executor().running(), 0) << "it has not begun";
  backlog = 0;

  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(server.edge().counts().shed, 0);
}

TEST(EdgeLine, GoesWithItsEdge) {
  EdgeOptions options;
  options.backlog = [] { return Admission::kLeast; };
  auto server = std::make_unique<EdgeUnderTest>(nothing_to_say, options);
  RawHttpClient client(server->port());
  client.send(post_request("/payments", "{}"));
  await_requests(*server, 1);

  server.reset();

  EXPECT_TRUE(client.ended());
}

}  // namespace
}  // namespace florin
