// HTTP/1.1 requests out of bytes (RFC 9112), sans I/O: Boost.Beast reads the grammar, and what it lets
// through but a payment gateway must not (two Hosts, repeated lengths, folded lines, unknown transfer
// codings) is refused here. Beast is included by http_parser.cpp alone.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "kernel/platform/edge/edge.hpp"

namespace florin {

// Why a request is refused before anybody has seen it. Every fault ends its connection: where the next
// request would begin is no longer known.
struct HttpFault {
  int status = 400;
  std::string_view code;     // For programs: "two_hosts".
  std::string_view message;  // For people, a sentence.
};

class HttpParser {
 public:
  // How many bytes of body this request may have.
  using BodyLimit = std::function<std::size_t(std::string_view method, std::string_view path)>;

  enum class Stage {
    kHead,   // The head is not complete.
    kBody,   // The head is read (see request()), bytes of the body are missing.
    kDone,   // take() has it.
    kFault,  // See fault().
  };

  // For one request. `body_limit` outlives the parser.
  static std::unique_ptr<HttpParser> make(std::size_t header_bytes, const BodyLimit& body_limit);
  virtual ~HttpParser() = default;

  // Takes bytes off the front of `bytes` and returns how many; what is left must be given again with more
  // behind it. Stops where the head ends and where the request ends, so that its caller can decide there.
  virtual std::size_t feed(std::string_view bytes) = 0;
  virtual Stage stage() const = 0;
  virtual const HttpFault& fault() const = 0;

  // Once the head is read.
  virtual const EdgeRequest& request() const = 0;
  virtual bool keep_alive() const = 0;
  virtual bool http_1_0() const = 0;
  virtual bool expects_continue() const = 0;
  virtual bool has_body() const = 0;

  virtual EdgeRequest take() = 0;
};

}  // namespace florin
