// What the hub's tasks share and keep alive: the registry, the events on their way out, and the numbers
// that were told last.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernel/platform/live/registry.hpp"

namespace florin::live {

struct HubCore {
  HubCore(Executor& by, Clock& with, LiveBackend& knowing, std::vector<std::string> origins)
      : executor(by), clock(with), backend(knowing), allowed_origins(std::move(origins)) {}

  Executor& executor;
  Clock& clock;
  LiveBackend& backend;
  const std::vector<std::string> allowed_origins;
  Registry registry;
  std::atomic<bool> stopped{false};
  std::atomic<bool> ticking{false};

  std::mutex mutex;  // For all below.
  std::deque<std::vector<StagedEvent>> outgoing;
  bool dispatching = false;
  std::unordered_map<std::string, std::int64_t> last_seq;  // By merchant, since this process began.
  std::int64_t last_position = 0;
  struct Revoked {
    Duration at;
    std::string why;
  };
  std::unordered_map<std::string, Revoked> revoked;  // By key.

  // The number of the last event that was told to the grant's kind; nothing: none since we began.
  std::optional<std::int64_t> last_told(const LiveGrant& grant) {
    const std::lock_guard lock(mutex);
    if (counts_positions(grant)) return last_position > 0 ? std::optional(last_position) : std::nullopt;
    const auto seq = last_seq.find(grant.merchant);
    return seq == last_seq.end() ? std::nullopt : std::optional(seq->second);
  }
};

using CorePtr = std::shared_ptr<HubCore>;

// ---- The hub's tasks; each ends by itself.

// Hands on what publish() queued, in order. One at a time (HubCore::dispatching).
Task<void> dispatch(CorePtr core);
// Replays for `subscriber` until it is live. One at a time a subscriber.
Task<void> catch_up(CorePtr core, SubscriberPtr subscriber);
// Time-outs, twice a second, while anybody is connected (HubCore::ticking).
Task<void> tick(CorePtr core);

}  // namespace florin::live
