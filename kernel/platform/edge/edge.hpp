// The edge: event loops that serve HTTP/1.1 and WebSocket on the same port. A connection costs no
// thread; a request takes a worker of the executor only while it is being answered. Bytes are parsed by
// Boost.Beast (HTTP) and wslay (WebSocket frames); limits on header, body, time and rate are ours.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <florin/http.hpp>
#include <florin/result.hpp>
#include <florin/task.hpp>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/executor/executor.hpp"

namespace florin {

struct EdgeRequest {
  std::string method;
  std::string target;                                      // As received: path and query.
  std::string path;                                        // Without the query, still percent-encoded.
  std::vector<std::pair<std::string, std::string>> query;  // Decoded, in order.
  Headers headers;
  std::string body;            // The raw bytes.
  std::string remote_address;  // "127.0.0.1", "::1"
  std::string request_id;      // req_..., made by the edge, echoed as Request-Id.
  bool secure = false;         // Came over TLS.
};

struct EdgeResponse {
  int status = 200;
  Headers headers;  // Content-Length, Date, Connection and Request-Id are the edge's.
  std::string body;
  // Instead of all the above: these bytes as they are, then the connection ends. For far sides that
  // misbehave on purpose (the sandboxes); "" ends it without an answer.
  std::optional<std::string> raw;
};

// Answers one request, on a worker. What it throws becomes a 500 without detail and is logged.
using EdgeHandler = std::function<Task<EdgeResponse>(const EdgeRequest&)>;

// One WebSocket connection, as its owner sees it. Safe to call from any thread.
class WebSocketPeer {
 public:
  virtual ~WebSocketPeer() = default;
  virtual std::uint64_t id() const = 0;
  // Queues a text message; `frame` may be shared by thousands of peers: it is encoded once. False: the
  // peer's queue is full (nothing was queued) or it is closing.
  virtual bool send(std::shared_ptr<const std::string> text) = 0;
  virtual void close(int code, std::string_view reason) = 0;
  virtual std::size_t queued_bytes() const = 0;
  virtual const EdgeRequest& opened_by() const = 0;  // The upgrade request, without its body.
};

// What happens on WebSocket connections. Called on the connection's event loop, one call at a time a
// peer; must not block and returns soon.
class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  // Refuses with an HTTP answer (404, 403), or nothing to let the upgrade happen.
  virtual std::optional<EdgeResponse> refuses(const EdgeRequest& request) = 0;
  virtual void opened(std::shared_ptr<WebSocketPeer> peer) = 0;
  virtual void received(WebSocketPeer& peer, std::string_view text) = 0;
  virtual void closed(WebSocketPeer& peer) = 0;
};

struct EdgeLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 1024 * 1024;  // The default; see EdgeOptions::body_limit.
  std::chrono::milliseconds header_time{10'000};
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds idle_time{75'000};
  std::int64_t connections_per_address = 256;  // 0: no limit.
  std::int64_t connections = 20'000;
  std::int64_t requests_per_second_per_address = 0;  // 0: no limit. Bucket of twice that.
  std::int64_t requests_waiting = 640;  // In line, for a worker or in EdgeOptions::backlog; see admission.hpp. 0: no limit.
  std::size_t request_bytes_in_all = 256 * 1024 * 1024;  // Held of all requests that have not been answered.
  std::size_t websocket_message_bytes = 64 * 1024;
  std::size_t websocket_queue_bytes = 1024 * 1024;
  // A silent WebSocket is pinged this often, and closed when nothing came before the next ping is due.
  std::chrono::milliseconds websocket_ping_time{30'000};
};

// Who goes first when too much waits (admission.hpp).
enum class Urgency {
  kOrdinary,
  kFinishing,  // What ends something begun: a provider's news, a payer who comes back.
  kAlways,     // Says how the server is, and costs next to nothing.
};

struct EdgeOptions {
  std::vector<std::string> addresses = {"127.0.0.1",
                                        "::1"};  // An address that the host lacks is skipped with a warning.
  std::uint16_t port = 8080;                     // 0: any free one, see port().
  std::string certificate_file, key_file;        // PEM; both empty: no TLS.
  unsigned loops = 0;                            // 0: as many as cores.
  EdgeLimits limits;
  // A route's own body limit, by method and path; nothing: limits.body_bytes.
  std::function<std::optional<std::size_t>(std::string_view method, std::string_view path)> body_limit;
  // A route's urgency; nothing: all are ordinary.
  std::function<Urgency(std::string_view method, std::string_view path)> urgency;
  // How much waits for this machine behind the workers: units for the database. Called on every request, from
  // any loop; nothing: none.
  std::function<std::int64_t()> backlog;
};

class Edge {
 public:
  // Errors: kInvalid (bad certificate), kUnavailable (no address could be listened on: names the port).
  static Result<std::unique_ptr<Edge>> open(EdgeOptions options, Executor& executor, Clock& clock,
                                            EdgeHandler handler, WebSocketHandler* sockets);
  virtual ~Edge() = default;
  virtual std::uint16_t port() const = 0;
  // Stops listening, lets requests under way end (with Connection: close), closes WebSockets with 1001,
  // at most `limit`. True: all ended in time.
  virtual bool drain(std::chrono::milliseconds limit) = 0;
  struct Counts {
    std::int64_t connections = 0, websockets = 0, requests = 0, refused = 0;
    std::int64_t shed = 0;  // Of `refused`: because too much waited.
  };
  virtual Counts counts() const = 0;
};

}  // namespace florin
