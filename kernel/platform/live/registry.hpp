// Who is connected, and who may see a given event: found by merchant or payment, so that an event costs
// as much as it has receivers. Safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernel/platform/live/subscriber.hpp"

namespace florin::live {

using SubscriberPtr = std::shared_ptr<Subscriber>;

class Registry {
 public:
  void add(const SubscriberPtr& subscriber);
  // The one that was there, so that its owner can tell it.
  SubscriberPtr remove(std::uint64_t peer);
  SubscriberPtr find(std::uint64_t peer) const;
  // From here on it is among the receivers. False: it has gone.
  bool index(const SubscriberPtr& subscriber, const LiveGrant& grant);

  std::vector<SubscriberPtr> receivers(const StagedEvent& event) const;
  std::vector<SubscriberPtr> all() const;
  // Whether anybody may receive anything; cheap.
  bool anybody() const { return indexed_.load() > 0; }

 private:
  using Group = std::unordered_map<std::uint64_t, SubscriberPtr>;
  struct Known {
    SubscriberPtr subscriber;
    std::unordered_map<std::string, Group>* home = nullptr;  // Null until it is indexed.
    std::string key;
  };
  static void append(const std::unordered_map<std::string, Group>& groups, const std::string& key,
                     std::vector<SubscriberPtr>& to);

  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, Known> peers_;
  std::unordered_map<std::string, Group> by_merchant_, by_payment_, by_admin_;  // Admins of all: "".
  std::atomic<std::int64_t> indexed_{0};
};

}  // namespace florin::live
