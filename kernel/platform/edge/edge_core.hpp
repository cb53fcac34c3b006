// What all loops, connections and requests of one Edge share. Requests keep it alive: an answer that
// comes after the Edge has gone finds nobody to send to, and nothing to break.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "kernel/platform/edge/admission.hpp"
#include "kernel/platform/edge/edge.hpp"
#include "kernel/platform/edge/http_parser.hpp"
#include "kernel/platform/edge/limits.hpp"

namespace florin {

class TlsContext;

struct EdgeCore {
  EdgeCore(EdgeOptions opened_with, Executor& by, Clock& with, EdgeHandler to, WebSocketHandler* hearing);
  ~EdgeCore();
  EdgeCore(const EdgeCore&) = delete;
  EdgeCore& operator=(const EdgeCore&) = delete;

  const EdgeOptions options;
  Executor& executor;
  Clock& clock;
  const EdgeHandler handler;
  WebSocketHandler* const sockets;  // May be null.
  const HttpParser::BodyLimit body_limit;
  std::unique_ptr<TlsContext> tls;  // Null: plain.
  AddressBook addresses;
  Admission admission;
  std::atomic<std::int64_t> request_bytes{0};  // Held of requests, see RequestBytes.

  std::atomic<bool> draining{false};
  std::atomic<std::int64_t> connections{0}, websockets{0}, requests{0}, refused{0};
};

// What one owner holds of the bytes that all requests may have in memory together.
class RequestBytes {
 public:
  explicit RequestBytes(EdgeCore& core) : core_(core) {}
  RequestBytes(const RequestBytes&) = delete;
  RequestBytes& operator=(const RequestBytes&) = delete;
  ~RequestBytes() {
    if (held_ != 0) core_.request_bytes.fetch_sub(held_, std::memory_order_relaxed);
  }
  // False: that is more than there is room for; it is counted all the same.
  bool hold(std::size_t bytes) {
    const auto now = static_cast<std::int64_t>(bytes);
    if (now == held_) return true;
    const std::int64_t more = now - held_;
    held_ = now;
    const std::int64_t all = core_.request_bytes.fetch_add(more, std::memory_order_relaxed) + more;
    return more < 0 || all <= static_cast<std::int64_t>(core_.options.limits.request_bytes_in_all);
  }

 private:
  EdgeCore& core_;
  std::int64_t held_ = 0;
};

}  // namespace florin
