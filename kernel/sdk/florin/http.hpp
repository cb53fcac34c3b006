// HTTP as a plugin sees it: a request as a value, and the one door through which it leaves (law 8).
// The kernel carries it: pooling, TLS, deadlines, circuit breaking, measuring, redaction.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <florin/export.hpp>
#include <florin/result.hpp>
#include <florin/task.hpp>

namespace florin {

// Names compare without case (RFC 9110 section 5.1).
struct FLORIN_SDK_API HeaderLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};
using Headers = std::map<std::string, std::string, HeaderLess>;

struct HttpRequest {
  std::string method = "GET";
  std::string host;  // A name from the descriptor's `hosts`; empty means the first of them.
  std::string path;  // With its query, from "/"; already percent-encoded.
  Headers headers;   // Host, Content-Length and Connection are the kernel's.
  std::string body;
  // Whether the same request may be sent again when the connection died (GET, or an idempotency key).
  bool repeatable = false;
  // Zero: the account's own time-out. From sending to the last byte of the answer.
  std::chrono::milliseconds timeout = std::chrono::milliseconds(0);
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

class FLORIN_SDK_API Http {
 public:
  virtual ~Http() = default;
  // `request` outlives the Task. Errors: kUnreachable promises that no byte left us (refused, no route,
  // bulkhead full, circuit open); kTimedOut and kBroken mean that it may have arrived.
  virtual Task<Result<HttpResponse>> send(const HttpRequest& request) = 0;
};

// application/x-www-form-urlencoded, in order; keys such as "metadata[attempt]" stay readable.
class FLORIN_SDK_API Form {
 public:
  Form& add(std::string_view key, std::string_view value);
  Form& add(std::string_view key, std::int64_t value);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Percent-encoding of everything but RFC 3986's unreserved characters, and back. '+' is a plus here.
FLORIN_SDK_API std::string url_encode(std::string_view text);
FLORIN_SDK_API Result<std::string> url_decode(std::string_view text);
// A form's or query's fields in order. Total: '+' is a blank, a broken escape stays as it stands.
FLORIN_SDK_API std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text);

}  // namespace florin
