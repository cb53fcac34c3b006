// Reading, dispatching and answering in order.
#include "kernel/platform/edge/http_stage.hpp"

#include <algorithm>

#include "kernel/platform/edge/connection.hpp"
#include "kernel/platform/edge/http_head.hpp"
#include "kernel/platform/edge/http_writer.hpp"
#include "kernel/platform/edge/plain_head.hpp"
#include "kernel/platform/edge/refusal.hpp"
#include "kernel/platform/edge/serving.hpp"
#include "kernel/platform/edge/websocket.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {
namespace {

// Answers owed at a time on one connection; what comes beyond that waits in the kernel.
constexpr std::size_t kPipeline = 16;
// How much is handed to the socket at a time.
constexpr std::size_t kRefill = 256 * 1024;

}  // namespace

HttpStage::HttpStage(Connection& connection) : connection_(connection), since_(connection.loop().now()) {}

bool HttpStage::wants_input() const {
  if (ending_) return false;
  if (!parser_) return slots_.size() < kPipeline;
  switch (parser_->stage()) {
    case HttpParser::Stage::kHead:
      return true;
    case HttpParser::Stage::kBody:
      return welcomed_;
    default:
      return false;
  }
}

std::size_t HttpStage::consume(std::string_view bytes) {
  if (turned_away(bytes)) return bytes.size();
  std::size_t used = 0;
  while (used < bytes.size() && wants_input()) {
    if (!parser_) {
      parser_ =
          HttpParser::make(connection_.core().options.limits.header_bytes, connection_.core().body_limit);
      welcomed_ = fresh_ = false;
      since_ = connection_.loop().now();
    }
    const std::size_t taken = parser_->feed(bytes.substr(used));
    used += taken;
    const bool more_here = used < bytes.size();
    // With the body's first bytes at hand, nobody waits for a 100 Continue.
    if (parser_->stage() == HttpParser::Stage::kBody && more_here && running_ == 0 && !welcomed_) {
      welcomed_ = true;
      since_ = connection_.loop().now();
      continue;
    }
    advance();
    if (taken == 0) break;
  }
  return used;
}

// Where too much waits already, one plain request by itself is refused without being taken apart. What is not
// that plain meets the same refusal in dispatch().
bool HttpStage::turned_away(std::string_view bytes) {
  EdgeCore& core = connection_.core();
  if (!core.admission.overloaded() || parser_ || !slots_.empty() || ending_ || core.draining) return false;
  if (core.options.limits.requests_per_second_per_address != 0) return false;  // Its 429 comes first.
  const auto head = plain_head(bytes, core.options.limits.header_bytes);
  if (!head || head->size != bytes.size()) return false;
  const Duration now = connection_.loop().now();
  if (!core.admission.turns_away(connection_.loop().urgency(head->method, head->path), now)) return false;
  core.requests.fetch_add(1, std::memory_order_relaxed);
  core.refused.fetch_add(1, std::memory_order_relaxed);
  fresh_ = false;
  since_ = now;
  const Instant date = core.clock.now();
  push_ready(overloaded_bytes(new_id("req", date, system_random()), date));
  return true;
}

// Safe, and without a body that would have to be read first.
bool HttpStage::may_overlap() const {
  const EdgeRequest& request = parser_->request();
  return parser_->stage() == HttpParser::Stage::kDone && !parser_->has_body() && parser_->keep_alive() &&
         (request.method == "GET" || request.method == "HEAD") && !request.headers.contains("Upgrade");
}

// Takes the present request as far as its own bytes and the ones before it allow.
void HttpStage::advance() {
  if (!parser_ || ending_ || parser_->stage() == HttpParser::Stage::kHead) return;
  if (parser_->stage() == HttpParser::Stage::kFault) {
    const HttpFault fault = parser_->fault();
    return refuse(fault.status, fault.code, fault.message);
  }
  const bool alone = running_ == 0;
  if (!alone && (!may_overlap() || overlap_closed_)) return;
  if (parser_->stage() == HttpParser::Stage::kDone) return dispatch();
  if (welcomed_) return;
  welcomed_ = true;
  since_ = connection_.loop().now();
  if (parser_->expects_continue() && !parser_->http_1_0()) push_ready("HTTP/1.1 100 Continue\r\n\r\n");
}

void HttpStage::dispatch() {
  EdgeCore& core = connection_.core();
  overlap_closed_ = !may_overlap();
  const bool keep_alive = parser_->keep_alive() && !core.draining;
  const AnswerWanted wanted{parser_->request().method == "HEAD", keep_alive, parser_->http_1_0()};
  EdgeRequest request = parser_->take();
  parser_.reset();
  since_ = connection_.loop().now();
  request.remote_address = connection_.address();
  request.secure = connection_.secure();
  request.request_id = new_id("req", core.clock.now(), system_random());
  core.requests.fetch_add(1, std::memory_order_relaxed);
  if (!keep_alive) ending_ = true;

  const Duration wait = core.addresses.take(request.remote_address, connection_.loop().now());
  if (wait > Duration(0)) {
    core.refused.fetch_add(1, std::memory_order_relaxed);
    EdgeResponse refusal =
        problem_response(429, "too_many_requests", "This address sends more requests a second than it may.",
                         request.request_id);
    refusal.headers.emplace("Retry-After",
                            std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()));
    return answer_now(request, refusal, keep_alive);
  }

  if (!wanted.http_1_0 && upgrade(request)) return;

  const Urgency urgency = connection_.loop().urgency(request.method, request.path);
  auto caller = asking(connection_, first_ + slots_.size(), std::move(request), wanted);
  slots_.emplace_back();
  ++running_;
  core.admission.ask(std::move(caller), urgency, connection_.loop().now());
}

// True: the request was for a WebSocket, and has been answered with 101 or a refusal.
bool HttpStage::upgrade(EdgeRequest& request) {
  EdgeCore& core = connection_.core();
  const auto wish = request.headers.find("Upgrade");
  if (core.sockets == nullptr || wish == request.headers.end() || !names_token(wish->second, "websocket"))
    return false;
  if (core.draining) {
    answer_now(
        request,
        problem_response(503, "server_ending", "The server is going; connect again.", request.request_id),
        false);
    return true;
  }
  if (const auto refusal = refuse_websocket(request, *core.sockets)) {
    core.refused.fetch_add(1, std::memory_order_relaxed);
    answer_now(request, *refusal, !ending_);
    return true;
  }
  push_ready(websocket_accepted(request, core.clock.now()));
  ending_ = true;
  request.body.clear();
  connection_.become(websocket_stage(connection_, std::move(request)));
  return true;
}

void HttpStage::answer_now(const EdgeRequest& request, const EdgeResponse& response, bool keep_alive) {
  const AnswerFrame frame{request.request_id, connection_.core().clock.now(), request.method == "HEAD",
                          keep_alive, false};
  push_ready(serialize(response, frame));
}

// The edge's own no: it comes in its turn, and nothing after it.
void HttpStage::refuse(int status, std::string_view code, std::string_view message, std::string_view retry_after) {
  EdgeCore& core = connection_.core();
  core.refused.fetch_add(1, std::memory_order_relaxed);
  const Instant now = core.clock.now();
  const std::string id = new_id("req", now, system_random());
  parser_.reset();
  ending_ = true;
  EdgeResponse refusal = problem_response(status, code, message, id);
  if (!retry_after.empty()) refusal.headers.emplace("Retry-After", retry_after);
  push_ready(serialize(refusal, AnswerFrame{id, now, false, false, false}));
}

void HttpStage::push_ready(std::string bytes) { slots_.push_back(Slot{true, std::move(bytes)}); }

void HttpStage::answered(std::uint64_t sequence, std::string bytes, bool close) {
  Slot& slot = slots_.at(sequence - first_);
  slot.bytes = std::move(bytes);
  slot.ready = true;
  --running_;
  if (close) ending_ = true;
  since_ = connection_.loop().now();
  advance();
}

void HttpStage::refill(std::string& out) {
  std::size_t sent = 0;
  while (sent < slots_.size() && slots_[sent].ready && (sent == 0 || out.size() < kRefill)) {
    if (out.empty())
      out = std::move(slots_[sent].bytes);
    else
      out.append(slots_[sent].bytes);
    ++sent;
  }
  if (sent == 0) return;
  slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(sent));
  first_ += sent;
  if (slots_.empty()) std::vector<Slot>().swap(slots_);
}

bool HttpStage::finished() const {
  if (!slots_.empty()) return false;
  // Half a request at the end of input asks nothing; a whole one that waits for its turn does.
  return ending_ || (input_ended_ && (!parser_ || parser_->stage() != HttpParser::Stage::kDone));
}

Duration HttpStage::deadline() const {
  const EdgeLimits& limits = connection_.core().options.limits;
  if (running_ > 0 || !slots_.empty() || ending_) return Duration::max();
  if (!parser_)
    return since_ +
           (fresh_ && connection_.secure() ? Duration(limits.header_time) : Duration(limits.idle_time));
  return since_ + (parser_->stage() == HttpParser::Stage::kHead ? Duration(limits.header_time)
                                                                : Duration(limits.body_time));
}

void HttpStage::expired() {
  if (!parser_) {
    ending_ = true;  // Idle: nobody waits for an answer.
    return;
  }
  if (parser_->stage() == HttpParser::Stage::kHead)
    return refuse(408, "slow_header", "The request's head took too long.");
  refuse(408, "slow_body", "The request's body took too long.");
}

std::optional<Duration> HttpStage::waiting_since() const {
  if (running_ > 0 || !slots_.empty() || ending_) return std::nullopt;
  return since_;
}

std::size_t HttpStage::held() const {
  return parser_ && parser_->stage() != HttpParser::Stage::kHead ? parser_->request().body.capacity() : 0;
}

void HttpStage::crowded() {
  if (!parser_ || ending_ || parser_->stage() != HttpParser::Stage::kBody) return;
  refuse(503, "server_full", "The server holds as many bytes of requests as it may.", "1");
}

void HttpStage::drain() {
  if (!parser_ && slots_.empty()) ending_ = true;
}

}  // namespace florin
