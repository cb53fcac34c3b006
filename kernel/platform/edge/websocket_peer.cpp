// Queueing for a peer. The loop is woken once for as many texts as it has not looked at.
#include "kernel/platform/edge/websocket_peer.hpp"

#include "kernel/platform/edge/connection.hpp"
#include "kernel/platform/edge/loop.hpp"

namespace florin {
namespace {

// A final, unmasked text frame's head (RFC 6455 section 5.2).
void append_head(std::string& out, std::size_t length) {
  out += static_cast<char>(0x81);
  int bytes = 0;
  if (length < 126) {
    out += static_cast<char>(length);
  } else if (length < 65536) {
    out += static_cast<char>(126);
    bytes = 2;
  } else {
    out += static_cast<char>(127);
    bytes = 8;
  }
  while (bytes-- > 0) out += static_cast<char>(length >> (8 * bytes));
}

}  // namespace

QueuedPeer::QueuedPeer(std::uint64_t id, EdgeRequest opened_by, std::size_t queue_bytes,
                       std::weak_ptr<Connection> connection, std::shared_ptr<LoopInbox> inbox)
    : id_(id),
      opened_by_(std::move(opened_by)),
      queue_bytes_(queue_bytes),
      connection_(std::move(connection)),
      inbox_(std::move(inbox)) {}

bool QueuedPeer::send(std::shared_ptr<const std::string> text) {
  {
    const std::lock_guard lock(mutex_);
    if (detached_ || closing_ || queued_bytes() + text->size() > queue_bytes_) return false;
    queued_bytes_.fetch_add(text->size(), std::memory_order_relaxed);
    texts_.push_back(std::move(text));
    if (std::exchange(woken_, true)) return true;
  }
  wake();
  return true;
}

void QueuedPeer::close(int code, std::string_view reason) {
  {
    const std::lock_guard lock(mutex_);
    if (detached_ || closing_) return;
    closing_ = Closing{code, std::string(reason.substr(0, 123))};
    if (std::exchange(woken_, true)) return;
  }
  wake();
}

void QueuedPeer::wake() {
  LoopMessage flush;
  flush.kind = LoopMessage::Kind::kFlush;
  flush.connection = connection_.lock();
  if (flush.connection) inbox_->push(std::move(flush));
}

bool QueuedPeer::take(std::string& out, std::size_t enough) {
  const std::lock_guard lock(mutex_);
  woken_ = false;
  while (!texts_.empty() && out.size() < enough) {
    const std::string& text = *texts_.front();
    append_head(out, text.size());
    out.append(text);
    queued_bytes_.fetch_sub(text.size(), std::memory_order_relaxed);
    texts_.pop_front();
  }
  return texts_.empty();
}

std::optional<QueuedPeer::Closing> QueuedPeer::closing() const {
  const std::lock_guard lock(mutex_);
  return closing_;
}

void QueuedPeer::detach() {
  const std::lock_guard lock(mutex_);
  detached_ = true;
  texts_.clear();
  queued_bytes_ = 0;
}

}  // namespace florin
