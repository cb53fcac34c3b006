// Three small indexes under one lock, which is held for look-ups and never while sending.
#include "kernel/platform/live/registry.hpp"

namespace florin::live {

void Registry::add(const SubscriberPtr& subscriber) {
  const std::lock_guard lock(mutex_);
  peers_[subscriber->peer().id()].subscriber = subscriber;
}

SubscriberPtr Registry::remove(std::uint64_t peer) {
  const std::lock_guard lock(mutex_);
  const auto held = peers_.find(peer);
  if (held == peers_.end()) return nullptr;
  Known known = std::move(held->second);
  peers_.erase(held);
  if (known.home != nullptr) {
    indexed_.fetch_sub(1);
    const auto group = known.home->find(known.key);
    group->second.erase(peer);
    if (group->second.empty()) known.home->erase(group);
  }
  return known.subscriber;
}

SubscriberPtr Registry::find(std::uint64_t peer) const {
  const std::lock_guard lock(mutex_);
  const auto held = peers_.find(peer);
  return held == peers_.end() ? nullptr : held->second.subscriber;
}

bool Registry::index(const SubscriberPtr& subscriber, const LiveGrant& grant) {
  const std::lock_guard lock(mutex_);
  const auto held = peers_.find(subscriber->peer().id());
  if (held == peers_.end()) return false;
  Known& known = held->second;
  switch (grant.of) {
    case LiveGrant::Of::kMerchant:
      known.home = &by_merchant_;
      known.key = grant.merchant;
      break;
    case LiveGrant::Of::kPayment:
      known.home = &by_payment_;
      known.key = grant.payment_id;
      break;
    case LiveGrant::Of::kAdmin:
      known.home = &by_admin_;
      known.key = grant.merchant;
      break;
  }
  (*known.home)[known.key].emplace(held->first, subscriber);
  indexed_.fetch_add(1);
  return true;
}

void Registry::append(const std::unordered_map<std::string, Group>& groups, const std::string& key,
                      std::vector<SubscriberPtr>& to) {
  const auto group = groups.find(key);
  if (group == groups.end()) return;
  for (const auto& [peer, subscriber] : group->second) to.push_back(subscriber);
}

std::vector<SubscriberPtr> Registry::receivers(const StagedEvent& event) const {
  std::vector<SubscriberPtr> found;
  const std::lock_guard lock(mutex_);
  append(by_merchant_, event.merchant, found);
  if (!event.payment_id.empty()) append(by_payment_, event.payment_id, found);
  append(by_admin_, "", found);
  if (!event.merchant.empty()) append(by_admin_, event.merchant, found);
  return found;
}

std::vector<SubscriberPtr> Registry::all() const {
  std::vector<SubscriberPtr> everybody;
  const std::lock_guard lock(mutex_);
  for (const auto& [peer, known] : peers_) everybody.push_back(known.subscriber);
  return everybody;
}

}  // namespace florin::live
