// A connection after its upgrade. wslay reads frames, answers pings and closes, and finds what the RFC
// forbids (unmasked 1002, bad UTF-8 1007, too large 1009); pinging and patience are ours. Its context is two
// buffers of 4 KiB: a connection that is between two messages has none.
#include <wslay/wslay.h>

#include <algorithm>

#include <florin/check.hpp>

#include "kernel/platform/edge/connection.hpp"
#include "kernel/platform/edge/websocket.hpp"
#include "kernel/platform/edge/websocket_peer.hpp"

namespace florin {
namespace {

constexpr std::size_t kRefill = 64 * 1024;
// How long the far side may take to answer our close.
constexpr std::chrono::seconds kCloseTime{5};
// Answers to pings that the far side does not read, before we stop reading its pings.
constexpr std::size_t kControls = 64;

std::atomic<std::uint64_t> next_peer_id{1};

class WebSocketStage final : public Stage {
 public:
  WebSocketStage(Connection& connection, EdgeRequest request)
      : core_(connection.core()),
        loop_(connection.loop()),
        handler_(*core_.sockets),
        peer_(std::make_shared<QueuedPeer>(next_peer_id.fetch_add(1), std::move(request),
                                           core_.options.limits.websocket_queue_bytes,
                                           connection.weak_from_this(), loop_.inbox())) {
    next_ping_ = loop_.now() + ping_time();
    core_.websockets.fetch_add(1);
    handler_.opened(peer_);
  }
  ~WebSocketStage() override { forget_context(); }
  WebSocketStage(const WebSocketStage&) = delete;
  WebSocketStage& operator=(const WebSocketStage&) = delete;

  std::size_t consume(std::string_view bytes) override {
    input_ = bytes;
    silent_ = false;
    fed_ += bytes.size();
    if (wslay_event_recv(context()) != 0) breached_ = true;
    // What wslay did not want stands behind a close, and means nothing any more.
    input_ = {};
    rest();
    return bytes.size();
  }

  bool wants_input() const override {
    return !dead_ && !breached_ && (!wslay_ || wslay_event_get_queued_msg_count(wslay_) < kControls);
  }

  void input_ended() override { dead_ = true; }

  void refill(std::string& out) override {
    if (breached_ && !dead_) {
      // wslay 1.1.1 answers a bad control frame by a close without a code; this is the one it should send,
      // unless we have said before what was wrong first.
      if (close_queued_)
        send_controls(out);
      else
        out.append("\x88\x02\x03\xea", 4);
      dead_ = true;
      return;
    }
    send_controls(out);
    if (ending()) {
      peer_->detach();  // Nothing may follow a close frame.
    } else if (peer_->take(out, kRefill)) {
      if (const auto closing = peer_->closing()) queue_close(closing->code, closing->reason);
    }
    send_controls(out);
    rest();
  }

  bool finished() const override {
    if (dead_) return true;
    if (!wslay_ || !wslay_event_get_close_sent(wslay_)) return false;
    // After its own close, or after a breach of the protocol, nothing of the far side is waited for.
    return wslay_event_get_close_received(wslay_) || !wslay_event_get_read_enabled(wslay_);
  }

  Duration deadline() const override { return close_queued_ ? close_by_ : next_ping_; }

  void expired() override {
    if (close_queued_ || silent_) {
      dead_ = true;
      return;
    }
    wslay_event_msg ping{WSLAY_PING, nullptr, 0};
    wslay_event_queue_msg(context(), &ping);
    silent_ = true;
    next_ping_ = loop_.now() + ping_time();
  }

  void drain() override { peer_->close(WSLAY_CODE_GOING_AWAY, "the server is going"); }

  void gone() override {
    peer_->detach();
    core_.websockets.fetch_sub(1);
    handler_.closed(*peer_);
  }

 private:
  Duration ping_time() const { return Duration(core_.options.limits.websocket_ping_time); }

  wslay_event_context_ptr context() {
    if (wslay_) return wslay_;
    wslay_event_callbacks callbacks{};
    callbacks.recv_callback = on_recv;
    callbacks.send_callback = on_send;
    callbacks.on_frame_recv_start_callback = on_frame;
    callbacks.on_frame_recv_end_callback = on_frame_end;
    callbacks.on_msg_recv_callback = on_message;
    FLORIN_CHECK(wslay_event_context_server_init(&wslay_, &callbacks, this) == 0, "wslay has no memory left");
    wslay_event_config_set_max_recv_msg_length(wslay_, core_.options.limits.websocket_message_bytes);
    return wslay_;
  }
  void forget_context() {
    if (wslay_) wslay_event_context_free(wslay_);
    wslay_ = nullptr;
  }
  // Lets the context go when it knows nothing: no frame begun, no message in pieces, nothing to send, no close.
  void rest() {
    if (!wslay_ || fed_ != framed_ || in_pieces_ || breached_ || dead_ || ending()) return;
    if (wslay_event_want_write(wslay_) || wslay_event_get_queued_msg_count(wslay_) > 0) return;
    fed_ = framed_ = 0;
    forget_context();
  }

  void send_controls(std::string& out) {
    if (!wslay_) return;
    output_ = &out;
    while (!dead_ && wslay_event_want_write(wslay_) && out.size() < kRefill)
      if (wslay_event_send(wslay_) != 0) dead_ = true;
    output_ = nullptr;
  }

  bool ending() const {
    if (close_queued_) return true;
    return wslay_ && (wslay_event_get_close_received(wslay_) || !wslay_event_get_read_enabled(wslay_));
  }

  void queue_close(int code, const std::string& reason) {
    close_queued_ = true;
    close_by_ = loop_.now() + kCloseTime;
    wslay_event_queue_close(context(), static_cast<std::uint16_t>(code),
                            reinterpret_cast<const std::uint8_t*>(reason.data()), reason.size());
  }

  void message(const wslay_event_on_msg_recv_arg& arg) {
    if (wslay_is_ctrl_frame(arg.opcode) || close_queued_) return;
    if (arg.opcode != WSLAY_TEXT_FRAME)
      return queue_close(WSLAY_CODE_UNSUPPORTED_DATA, "this server speaks text frames");
    handler_.received(*peer_, std::string_view(reinterpret_cast<const char*>(arg.msg), arg.msg_length));
  }

  static ssize_t on_recv(wslay_event_context_ptr wslay, std::uint8_t* into, std::size_t room, int,
                         void* self) {
    std::string_view& input = static_cast<WebSocketStage*>(self)->input_;
    const std::size_t count = std::min(room, input.size());
    if (count == 0) {
      wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
    std::copy_n(input.data(), count, into);
    input.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }

  static ssize_t on_send(wslay_event_context_ptr, const std::uint8_t* bytes, std::size_t count, int,
                         void* self) {
    static_cast<WebSocketStage*>(self)->output_->append(reinterpret_cast<const char*>(bytes), count);
    return static_cast<ssize_t>(count);
  }

  // How long a frame is, is known from its head; that it has come whole, at its end (RFC 6455 section 5.2).
  static void on_frame(wslay_event_context_ptr, const wslay_event_on_frame_recv_start_arg* arg, void* self) {
    auto* const stage = static_cast<WebSocketStage*>(self);
    constexpr std::uint64_t kFlagsAndLength = 2, kMask = 4;
    const std::uint64_t longer = arg->payload_length < 126 ? 0 : arg->payload_length < 65'536 ? 2 : 8;
    stage->frame_ = kFlagsAndLength + longer + kMask + arg->payload_length;
    if (!wslay_is_ctrl_frame(arg->opcode)) stage->in_pieces_ = arg->fin == 0;
  }
  static void on_frame_end(wslay_event_context_ptr, void* self) {
    auto* const stage = static_cast<WebSocketStage*>(self);
    stage->framed_ += stage->frame_;
  }

  static void on_message(wslay_event_context_ptr, const wslay_event_on_msg_recv_arg* arg, void* self) {
    static_cast<WebSocketStage*>(self)->message(*arg);
  }

  EdgeCore& core_;
  Loop& loop_;
  WebSocketHandler& handler_;
  const std::shared_ptr<QueuedPeer> peer_;
  wslay_event_context_ptr wslay_ = nullptr;  // Null while there is nothing for it to remember.
  std::uint64_t fed_ = 0, framed_ = 0;       // Bytes that it was given, and those of frames that came whole.
  std::uint64_t frame_ = 0;                  // The length of the frame whose head came last.
  bool in_pieces_ = false;                   // More frames of this message will come.
  std::string_view input_;         // While wslay reads.
  std::string* output_ = nullptr;  // While wslay writes.
  Duration next_ping_{0}, close_by_{0};
  bool silent_ = false;        // Nothing has come since the last ping.
  bool close_queued_ = false;  // Our own close is on its way or sent.
  bool breached_ = false;      // The far side broke the protocol where wslay has no word for it.
  bool dead_ = false;          // Nothing will be sent any more.
};

}  // namespace

std::unique_ptr<Stage> websocket_stage(Connection& connection, EdgeRequest request) {
  return std::make_unique<WebSocketStage>(connection, std::move(request));
}

}  // namespace florin
