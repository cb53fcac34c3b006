// What the tests of the HTTP client share: a client with its executor and clock, and the usual request.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/executor/executor.hpp"
#include "kernel/platform/http_client/http_client.hpp"
#include "tests/support/raw_server.hpp"

namespace florin::test {

inline const char* const kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

class HttpClientTest : public ::testing::Test {
 protected:
  HttpClientTest() { renew({}); }
  ~HttpClientTest() override { client->stop(); }

  void renew(HttpClient::Options options) { client = HttpClient::make(executor, clock, std::move(options)); }

  static Route route_to(const std::string& url) {
    Route route;
    route.key = "lisbon-books/acme";
    route.hosts = {{"", url}};
    route.timeout = std::chrono::seconds(5);
    return route;
  }
  static HttpRequest charge() {
    HttpRequest request;
    request.method = "POST";
    request.path = "/v1/charges";
    request.headers = {{"Idempotency-Key", "att_1"}};
    request.body = "amount=1200";
    return request;
  }
  Result<HttpResponse> send(const Route& route, const HttpRequest& request) {
    return client->door(route, &log)->send(request).run();
  }
  // The Error's kind; a test that expected an error says what came instead.
  Error::Kind kind_of(const Route& route, const HttpRequest& request) {
    const Result<HttpResponse> answer = send(route, request);
    EXPECT_FALSE(answer) << "answered " << (answer ? answer->status : 0) << " "
                         << (answer ? answer->body : "");
    if (answer) return Error::Kind::kNotFound;
    message = answer.error().message;
    code = answer.error().code;
    return answer.error().kind;
  }

  ThreadExecutor executor{2};
  SystemClock clock{executor};
  std::unique_ptr<HttpClient> client;
  std::vector<Exchange> log;
  std::string message, code;
};

}  // namespace florin::test
