// The live feed's hub: who listens to what, replay from the event table, and the hand-over from replay
// to live without a gap or a double. The protocol is in docs/live.md.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <florin/result.hpp>
#include <florin/task.hpp>

#include "kernel/platform/edge/edge.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

// What a client may see once its first message has been checked.
struct LiveGrant {
  enum class Of { kMerchant, kAdmin, kPayment };
  Of of = Of::kMerchant;
  std::string merchant;    // For kAdmin: "" means every merchant.
  std::string payment_id;  // kPayment only.
  std::string key_id;      // The end of this key closes the socket.
};

// What the hub needs to know from the floors above.
class LiveBackend {
 public:
  virtual ~LiveBackend() = default;
  // `path` is the socket's ("/ws/merchant/lisbon-books"), `token` what the first message carried.
  virtual Task<Result<LiveGrant>> authenticate(std::string path, std::string token) = 0;
  // Events that the grant may see, after `since` (a seq of the merchant; for kAdmin always a position),
  // oldest first, at most `limit`; none when there are none. It sees what was committed before the call.
  virtual Task<Result<std::vector<StagedEvent>>> replay(LiveGrant grant, std::int64_t since, int limit) = 0;
  // An event as the client gets it, as JSON text.
  virtual std::string render(const StagedEvent& event) = 0;
};

// Outlives the Edge that it is given to; destroyed when the executor has no task of it left.
class LiveHub : public WebSocketHandler {
 public:
  static std::unique_ptr<LiveHub> make(Executor& executor, Clock& clock, LiveBackend& backend,
                                       std::vector<std::string> allowed_origins);
  // From the store's writer thread, after each COMMIT: returns at once.
  virtual void publish(const std::vector<StagedEvent>& events) = 0;
  // Closes every socket that came in by this key, within a second; `why` is the close frame's reason.
  virtual void revoke(const std::string& key_id, std::string_view why) = 0;
  virtual std::int64_t subscribers() const = 0;
};

}  // namespace florin
