// The sandboxes' process as its clients see it: requests, faults on demand, webhooks, books that last.
#include "kernel/app/sandbox_host/sandbox_host.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "kernel/app/sandbox_host/fake_sandbox.hpp"
#include "kernel/platform/http_client/http_client.hpp"
#include "tests/support/raw_server.hpp"

namespace florin::test {
namespace {

using std::chrono::milliseconds;
using Kind = Error::Kind;

class SandboxHostTest : public ::testing::Test {
 protected:
  void SetUp() override { start(""); }
  void TearDown() override {
    client->stop();
    host->stop();
  }

  void start(const std::string& books_file) {
    if (host) host->stop();
    SandboxHostOptions options;
    options.port = 0;
    options.books_file = books_file;
    HostedSandbox acme{"acme", std::make_shared<FakeSandbox>(), {}};
    if (!webhook_url.empty())
      acme.accounts.push_back(SandboxAccount{"lisbon-books", "acme-pt", Settings(), webhook_url});
    auto opened = SandboxHost::open(options, {acme}, executor, clock);
    ASSERT_TRUE(opened) << opened.error().message;
    host = std::move(*opened);
  }

  Result<HttpResponse> send(const std::string& method, const std::string& path, const std::string& body = "",
                            milliseconds timeout = std::chrono::seconds(5)) {
    Route route;
    route.key = path;
    route.hosts = {{"", "http://127.0.0.1:" + std::to_string(host->port())}};
    route.timeout = timeout;
    HttpRequest request;
    request.method = method;
    request.path = path;
    request.headers = {{"Authorization", "Bearer sk_test_1234567890"}};
    request.body = body;
    return client->door(route, nullptr)->send(request).run();
  }
  Result<HttpResponse> charge(milliseconds timeout = std::chrono::seconds(5)) {
    return send("POST", "/acme/v1/charges?expand=1", "card[number]=4242424242424242", timeout);
  }
  Json control(const std::string& path) {
    const Result<HttpResponse> answer = send("GET", "/_control" + path);
    EXPECT_TRUE(answer && answer->status == 200) << path;
    return answer ? *parse_json(answer->body) : Json();
  }
  void ask_for(const std::string& fault) {
    const Result<HttpResponse> answer = send("POST", "/_control/faults", fault);
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status, 200) << answer->body;
  }
  std::size_t charges() { return control("/books/acme")["totals"].size(); }

  ThreadExecutor executor{2};
  SystemClock clock{executor};
  std::unique_ptr<HttpClient> client = HttpClient::make(executor, clock, {});
  std::string webhook_url;
  std::unique_ptr<SandboxHost> host;
};

TEST_F(SandboxHostTest, ARequestReachesItsSandboxUnderThePathThatTheProviderKnows) {
  const Result<HttpResponse> answer = charge();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 201);
  const std::string base = "http://localhost:" + std::to_string(host->port()) + "/acme";
  EXPECT_EQ(answer->body, R"({"id":"ch_1","page":")" + base + R"(/pay"})");
  EXPECT_EQ(send("GET", "/acme/v1/a%20b")->body, "/v1/a%20b");
  EXPECT_EQ(send("GET", "/acme")->body, "/");
}

TEST_F(SandboxHostTest, ItListensOnBothLoopbackAddresses) {
  Route route;
  route.hosts = {{"", "http://[::1]:" + std::to_string(host->port())}};
  HttpRequest request;
  request.path = "/";
  const Result<HttpResponse> answer = client->door(route, nullptr)->send(request).run();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_NE(answer->body.find("/acme/"), std::string::npos) << "the page lists the sandboxes";
}

TEST_F(SandboxHostTest, AnUnknownSandboxIs404AndOneThatThrowsIs500) {
  EXPECT_EQ(send("GET", "/nobody/x")->status, 404);
  EXPECT_EQ(send("GET", "/acme/v1/throw")->status, 500);
  EXPECT_EQ(charge()->status, 201) << "the books' lock was let go";
}

TEST_F(SandboxHostTest, BooksAreShownWithTotals) {
  ASSERT_TRUE(charge());
  const Json books = control("/books")["acme"];
  EXPECT_EQ(books["entries"].size(), 2u);
  EXPECT_EQ(books["entries"][0]["idempotency_key"], "key_1");
  const Json total = books["totals"]["ch_1"];
  EXPECT_EQ(total["authorized"], 1200);
  EXPECT_EQ(total["captured"], 1200);
  EXPECT_EQ(total["refunded"], 0);
  EXPECT_EQ(total["authorizations"], 1);
  EXPECT_EQ(total["currency"], "EUR");
}

TEST_F(SandboxHostTest, RequestsAreShownWithoutTheirSecrets) {
  ASSERT_TRUE(charge());
  const Json requests = control("/requests?plugin=acme");
  ASSERT_EQ(requests["data"].size(), 1u);
  EXPECT_EQ(requests["data"][0]["path"], "/v1/charges?expand=1");
  EXPECT_EQ(requests["data"][0]["status"], 201);
  const std::string text = to_text(requests);
  EXPECT_EQ(text.find("4242"), std::string::npos);
  EXPECT_EQ(text.find("sk_test_1"), std::string::npos);
}

TEST_F(SandboxHostTest, AStatusFaultAnswersWithoutActing) {
  ask_for(R"({"plugin":"acme","mode":"status","status":503,"times":1})");
  EXPECT_EQ(charge()->status, 503);
  EXPECT_EQ(charges(), 0u);
  EXPECT_EQ(charge()->status, 201);
}

TEST_F(SandboxHostTest, SilenceBeforeActingLeavesTheBooksEmptyAndSilenceAfterDoesNot) {
  ask_for(R"({"mode":"silent_before"})");
  EXPECT_EQ(charge(milliseconds(150)).error().kind, Kind::kTimedOut);
  EXPECT_EQ(charges(), 0u);
  ASSERT_EQ(send("DELETE", "/_control/faults")->status, 200);
  ask_for(R"({"mode":"silent_after"})");
  EXPECT_EQ(charge(milliseconds(150)).error().kind, Kind::kTimedOut);
  EXPECT_EQ(charges(), 1u);
}

TEST_F(SandboxHostTest, HangingUpBeforeOrAfterActingIsAnAnswerlessEnd) {
  ask_for(R"({"mode":"close_before","times":1})");
  EXPECT_EQ(charge().error().kind, Kind::kBroken);
  EXPECT_EQ(charges(), 0u);
  ask_for(R"({"mode":"close_after","times":1})");
  EXPECT_EQ(charge().error().kind, Kind::kBroken);
  EXPECT_EQ(charges(), 1u);
}

TEST_F(SandboxHostTest, SpoiltAnswersComeAfterTheAct) {
  ask_for(R"({"mode":"truncated","times":1})");
  EXPECT_EQ(charge().error().kind, Kind::kBroken);
  ask_for(R"({"mode":"garbage","times":1})");
  EXPECT_FALSE(parse_json(charge()->body));
  ask_for(R"({"mode":"empty","times":1})");
  EXPECT_EQ(charge()->body, "");
  ask_for(R"({"mode":"slow","delay_ms":120,"times":1})");
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(charge()->status, 201);
  EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds(120));
  EXPECT_EQ(charges(), 4u);
}

TEST_F(SandboxHostTest, AFaultThatMakesNoSenseIsRefused) {
  EXPECT_EQ(send("POST", "/_control/faults", "{")->status, 400);
  EXPECT_EQ(send("POST", "/_control/faults", R"({"mode":"explode"})")->status, 400);
  EXPECT_EQ(send("POST", "/_control/faults", R"({"mode":"empty","plugin":"nobody"})")->status, 404);
  EXPECT_EQ(send("GET", "/_control/nothing")->status, 404);
  EXPECT_EQ(control("/faults")["data"].size(), 0u);
}

TEST_F(SandboxHostTest, StoppingEndsHeldAnswersAtOnce) {
  ask_for(R"({"mode":"silent_after"})");
  EXPECT_EQ(charge(milliseconds(50)).error().kind, Kind::kTimedOut);
  const auto before = std::chrono::steady_clock::now();
  host->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(2));
}

// A receiver that counts, and answers as the test says.
class SandboxWebhooks : public SandboxHostTest {
 protected:
  void SetUp() override {
    webhook_url = receiver.url() + "/hooks/acme?x=1";
    start("");
  }
  void TearDown() override { SandboxHostTest::TearDown(); }
  std::vector<std::string> seen() {
    const std::lock_guard lock(mutex);
    return bodies;
  }
  void wait_for(std::size_t count) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (seen().size() < count && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    ASSERT_EQ(seen().size(), count);
  }

  std::mutex mutex;
  std::vector<std::string> bodies;
  std::string first_request;
  std::string answer = "HTTP/1.1 204 No Content\r\n\r\n";
  RawServer receiver{[this](RawPeer& peer, int) {
    for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) {
      const std::lock_guard lock(mutex);
      if (bodies.empty()) first_request = request;
      bodies.push_back(request.substr(request.find("\r\n\r\n") + 4));
      peer.say(answer);
    }
  }};
};

TEST_F(SandboxWebhooks, AWebhookGoesToItsAccountsUrlWithItsHeaders) {
  ASSERT_TRUE(charge());
  wait_for(1);
  const std::lock_guard lock(mutex);
  EXPECT_TRUE(first_request.starts_with("POST /hooks/acme?x=1 HTTP/1.1\r\n")) << first_request;
  EXPECT_NE(first_request.find("X-Signature: s\r\n"), std::string::npos);
  EXPECT_EQ(bodies[0], "ch_1");
}

TEST_F(SandboxWebhooks, OneThatIsNotTakenIsSentAgainLaterOrWhenFlushed) {
  {
    const std::lock_guard lock(mutex);
    answer = "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n";
  }
  ASSERT_TRUE(charge());
  wait_for(1);
  while (control("/webhooks")["waiting"] != 1) std::this_thread::yield();
  {
    const std::lock_guard lock(mutex);
    answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  }
  // The try that failed may still be on its way back into the queue: flushing is asked for until it works.
  while (seen().size() < 2) ASSERT_EQ(send("POST", "/_control/webhooks/flush")->status, 200);
  while (control("/webhooks")["delivered"] != 1) std::this_thread::yield();
  EXPECT_EQ(seen().size(), 2u);
}

TEST_F(SandboxWebhooks, TheyAreDoubledDroppedAndReorderedOnDemand) {
  ask_for(R"({"mode":"duplicate_webhooks","times":1})");
  ASSERT_TRUE(charge());
  wait_for(2);
  ask_for(R"({"mode":"drop_webhooks","times":1})");
  ASSERT_TRUE(charge());
  ask_for(R"({"mode":"reorder_webhooks","delay_ms":150,"times":2})");
  ASSERT_TRUE(charge());
  ASSERT_TRUE(charge());
  wait_for(4);
  EXPECT_EQ(seen(), (std::vector<std::string>{"ch_1", "ch_1", "ch_4", "ch_3"}));
}

class SandboxBooksFile : public SandboxHostTest {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "florin-books-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder = pattern;
    start(file());
  }
  void TearDown() override {
    SandboxHostTest::TearDown();
    std::filesystem::remove_all(folder);
  }
  std::string file() const { return folder + "/books.json"; }
  std::string folder;
};

TEST_F(SandboxBooksFile, BooksOutliveTheHostAndNamesAreNotGivenTwice) {
  ASSERT_TRUE(charge());
  start(file());
  EXPECT_EQ(charges(), 1u);
  EXPECT_NE(charge()->body.find("\"ch_2\""), std::string::npos);
  EXPECT_EQ(charges(), 2u);
}

TEST_F(SandboxBooksFile, AFileThatIsNotOursIsRefusedByNameAndLeftAlone) {
  host->stop();
  std::ofstream(file()) << "[1,2]";
  SandboxHostOptions options;
  options.port = 0;
  options.books_file = file();
  const auto opened = SandboxHost::open(options, {}, executor, clock);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find(file()), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(file()), 5u);
}

}  // namespace
}  // namespace florin::test
