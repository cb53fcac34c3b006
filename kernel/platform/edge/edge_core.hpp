// What all loops, connections and requests of one Edge share. Requests keep it alive: an answer that
// comes after the Edge has gone finds nobody to send to, and nothing to break.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

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

  std::atomic<bool> draining{false};
  std::atomic<std::int64_t> connections{0}, websockets{0}, requests{0}, refused{0};
};

}  // namespace florin
