// A peer as its owner holds it: a bounded queue of shared texts that any thread may fill and the
// connection's loop empties.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "kernel/platform/edge/edge.hpp"

namespace florin {

class Connection;
class LoopInbox;

class QueuedPeer final : public WebSocketPeer {
 public:
  QueuedPeer(std::uint64_t id, EdgeRequest opened_by, std::size_t queue_bytes,
             std::weak_ptr<Connection> connection, std::shared_ptr<LoopInbox> inbox);

  std::uint64_t id() const override { return id_; }
  bool send(std::shared_ptr<const std::string> text) override;
  void close(int code, std::string_view reason) override;
  std::size_t queued_bytes() const override { return queued_bytes_.load(std::memory_order_relaxed); }
  const EdgeRequest& opened_by() const override { return opened_by_; }

  // For the loop. Appends frames to `out` until it holds `enough` bytes; true: the queue is empty now.
  bool take(std::string& out, std::size_t enough);
  struct Closing {
    int code;
    std::string reason;
  };
  std::optional<Closing> closing() const;
  // From now on every send() is refused.
  void detach();

 private:
  void wake();

  const std::uint64_t id_;
  const EdgeRequest opened_by_;
  const std::size_t queue_bytes_;
  const std::weak_ptr<Connection> connection_;
  const std::shared_ptr<LoopInbox> inbox_;

  mutable std::mutex mutex_;
  std::list<std::shared_ptr<const std::string>> texts_;  // Not a deque: an empty one holds half a KiB.
  std::atomic<std::size_t> queued_bytes_{0};
  std::optional<Closing> closing_;
  bool woken_ = false;
  bool detached_ = false;
};

}  // namespace florin
