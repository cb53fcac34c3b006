// Carries plugins' requests and our own webhooks: pooled POCO sessions on I/O threads of its own, so
// that a Task that awaits an answer holds no worker. A deadline for each exchange, a bulkhead and a
// circuit breaker for each account, an exchange log with secrets taken out.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <florin/http.hpp>
#include <florin/json.hpp>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/executor/executor.hpp"

namespace florin {

// Where the requests of one provider account (or notifier, or webhook receiver) go, and how many at once.
struct Route {
  std::string key;  // "lisbon-books/stripe-eu": bulkhead, breaker and metrics go by it.
  std::map<std::string, std::string>
      hosts;  // HttpRequest::host to base URL ("https://api.acme.com"); "" is the first.
  std::chrono::milliseconds timeout{8000};
  std::int64_t max_in_flight = 32;
  // Routes of one far side never hold more than half of the threads together, however many accounts there are
  // with it. "" : the first host's base URL says which far side it is.
  std::string far_side;
  bool allow_private =
      true;  // False for URLs that merchants gave: private and loopback addresses are refused.
};

// One exchange as it is kept with an attempt: credentials, card numbers and CVCs replaced by "[redacted]".
struct Exchange {
  std::string method, url;
  Headers headers;                          // The request's; an idempotency key stays readable.
  std::string request_body, response_body;  // At most 8 KiB each.
  int status = 0;                           // 0: no answer.
  std::string error;                        // When there is none.
  Instant started{};
  Duration took{0};
  Json to_json() const;
};

enum class Circuit { kClosed, kHalfOpen, kOpen };
std::string_view to_text(Circuit circuit);

struct RouteHealth {
  Circuit circuit = Circuit::kClosed;
  std::int64_t in_flight = 0;
  std::int64_t recent = 0;  // Exchanges of the last minute,
  std::int64_t failed = 0;  // ... and how many of them failed (no answer or 5xx).
  Duration p50{0};
};

class HttpClient {
 public:
  struct Options {
    // Started when needed, at most these: each exchange under way holds one. Half of them are a thousand
    // payments whose provider says nothing, and as many are left for all the others.
    int threads = 2048;
    std::string ca_file;  // Extra trusted roots (PEM), for tests; the system's are always there.
    std::function<bool(const std::string& header_or_field)> is_secret;  // More names to redact.
  };
  static std::unique_ptr<HttpClient> make(Executor& executor, Clock& clock, Options options);
  virtual ~HttpClient() = default;
  // The door for one operation; `log` (may be null) gets what was exchanged and outlives the door. The
  // client outlives both. Codes of its errors: kUnreachable: bulkhead_full, circuit_open, unknown_host,
  // invalid_url, invalid_request, dns_failed, address_refused, connect_failed, connect_timed_out,
  // tls_failed, no_thread; kTimedOut: timed_out; kBroken: connection_broke, broken_answer.
  virtual std::unique_ptr<Http> door(Route route, std::vector<Exchange>* log) = 0;
  virtual RouteHealth health(const std::string& key) const = 0;
  // Ends what is under way with kTimedOut (it may have arrived) and joins the threads.
  virtual void stop() = 0;
};

}  // namespace florin
