// The states of a client and the hand-over. The rule that makes it exact: register, then read. An event
// committed before the read is in the read, one committed after the registration is in the buffer, and
// one that is in both is recognised by its number.
#include "kernel/platform/live/subscriber.hpp"

#include <algorithm>

namespace florin::live {
namespace {

constexpr std::size_t kWaiting = 8;
constexpr std::size_t kBuffer = 4096;
// Bytes in the peer's queue at which a live client counts as slow, and at which a replay waits for it.
constexpr std::size_t kSlow = 512 * 1024;
constexpr std::size_t kReplayAhead = 64 * 1024;
constexpr int kComplaints = 10;
constexpr std::chrono::seconds kAuthTime{5}, kIdleTime{60};

}  // namespace

bool counts_positions(const LiveGrant& grant) { return grant.of == LiveGrant::Of::kAdmin; }

std::int64_t number_of(const LiveGrant& grant, const StagedEvent& event) {
  return counts_positions(grant) ? event.position : event.seq;
}

bool may_see(const LiveGrant& grant, const StagedEvent& event) {
  switch (grant.of) {
    case LiveGrant::Of::kMerchant:
      return !grant.merchant.empty() && event.merchant == grant.merchant;
    case LiveGrant::Of::kPayment:
      return !grant.payment_id.empty() && event.payment_id == grant.payment_id;
    case LiveGrant::Of::kAdmin:
      return grant.merchant.empty() || event.merchant == grant.merchant;
  }
  return false;
}

Subscriber::Heard Subscriber::hear(const std::string& text, bool is_auth, Duration now) {
  const std::lock_guard lock(mutex_);
  heard_ = now;
  if (state_ == State::kNew) {
    if (!is_auth) return Heard::kNotFirst;
    state_ = State::kAuthenticating;
    return Heard::kAuthenticate;
  }
  if (state_ != State::kAuthenticating && !draining_waiting_) return Heard::kAct;
  if (waiting_.size() >= kWaiting) return Heard::kTooMany;
  waiting_.push_back(text);
  return Heard::kWaits;
}

bool Subscriber::authenticated(LiveGrant grant, std::optional<std::int64_t> since) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kAuthenticating) return false;
  state_ = State::kQuiet;
  draining_waiting_ = true;
  grant_ = std::move(grant);
  from_ = since;
  peer_->send(authenticated_frame(grant_));
  return true;
}

std::optional<std::string> Subscriber::next_waiting() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) {
    draining_waiting_ = false;
    return std::nullopt;
  }
  std::string next = std::move(waiting_.front());
  waiting_.pop_front();
  return next;
}

bool Subscriber::subscribe(std::vector<std::string> topics, std::optional<std::int64_t> since) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kClosed || state_ == State::kNew || state_ == State::kAuthenticating) return false;
  topics_ = std::move(topics);
  if (since) from_ = since;
  // A client that was live goes on where it stands.
  else if (seen_ && (state_ == State::kLive || state_ == State::kCatchingUp))
    from_ = last_;
  ++generation_;
  state_ = State::kCatchingUp;
  buffer_.clear();
  overflowed_ = false;
  resync_owed_ = false;
  seen_ = false;
  return !std::exchange(catching_up_, true);
}

std::vector<std::string> Subscriber::unsubscribe(const std::vector<std::string>& topics) {
  const std::lock_guard lock(mutex_);
  if (topics.empty()) topics_.clear();
  for (const std::string& topic : topics) std::erase(topics_, topic);
  if (topics_.empty() && state_ != State::kClosed && state_ != State::kNew) {
    state_ = State::kQuiet;
    ++generation_;
    from_.reset();
    buffer_.clear();
    resync_owed_ = false;
  }
  return topics_;
}

std::optional<CatchUp> Subscriber::next_catch_up() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kCatchingUp) {
    catching_up_ = false;
    return std::nullopt;
  }
  return CatchUp{generation_, grant_, from_};
}

bool Subscriber::begin_at(std::uint64_t generation, std::int64_t number) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_ || state_ != State::kCatchingUp) return false;
  last_ = number;
  seen_ = true;
  from_.reset();
  push(subscribed_frame(topics_, number));
  return true;
}

bool Subscriber::interested(const StagedEvent& event) const {
  const std::lock_guard lock(mutex_);
  return wants(event) && may_see(grant_, event);
}

Subscriber::Sent Subscriber::replayed(std::uint64_t generation, const StagedEvent& event,
                                      const Frame& frame) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_ || state_ != State::kCatchingUp) return Sent::kOver;
  const std::int64_t number = number_of(grant_, event);
  // Whatever a backend hands us, nobody sees what the grant does not cover.
  if (number <= last_ || frame == nullptr || !may_see(grant_, event) || !wants(event)) {
    last_ = std::max(last_, number);
    return Sent::kSent;
  }
  if (peer_->queued_bytes() > kReplayAhead || !peer_->send(frame)) return Sent::kWait;
  last_ = number;
  return Sent::kSent;
}

bool Subscriber::hand_over(std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_ || state_ != State::kCatchingUp) return true;
  if (std::exchange(overflowed_, false)) return false;
  state_ = State::kLive;
  for (const PublishedPtr& published : std::exchange(buffer_, {}))
    if (state_ == State::kLive) hand_on(published);
  return true;
}

void Subscriber::fail(std::uint64_t generation, const Error& error) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_ || state_ != State::kCatchingUp) return;
  push(error_frame(error));
  lose_locked();
}

std::int64_t Subscriber::last(std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  return generation == generation_ ? last_ : INT64_MAX;
}

void Subscriber::lose(std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation == generation_ && state_ == State::kCatchingUp) lose_locked();
}

void Subscriber::deliver(const PublishedPtr& published) {
  const std::lock_guard lock(mutex_);
  if (!may_see(grant_, published->event)) return;
  if (state_ == State::kLive) return hand_on(published);
  if (state_ != State::kCatchingUp) return;
  if (buffer_.size() >= kBuffer) {
    // The event table has them all: read on from there once the present replay has ended.
    buffer_.clear();
    overflowed_ = true;
  }
  // Once it has run over nothing is kept: the buffer must not have a hole before what it holds.
  if (!overflowed_) buffer_.push_back(published);
}

void Subscriber::hand_on(const PublishedPtr& published) {
  const std::int64_t number = number_of(grant_, published->event);
  if (number <= last_) return;
  if (wants(published->event) && !push(counts_positions(grant_) ? published->by_position : published->by_seq))
    return lose_locked();
  last_ = number;
}

bool Subscriber::push(const Frame& frame) { return peer_->queued_bytes() <= kSlow && peer_->send(frame); }

void Subscriber::lose_locked() {
  state_ = State::kLost;
  buffer_.clear();
  overflowed_ = false;
  resync_owed_ = !peer_->send(resync_frame(last_));
}

bool Subscriber::wants(const StagedEvent& event) const {
  return std::any_of(topics_.begin(), topics_.end(),
                     [&event](const std::string& topic) { return topic_takes(topic, event.type); });
}

void Subscriber::tick(Duration now) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kLost && resync_owed_) resync_owed_ = !peer_->send(resync_frame(last_));
  if ((state_ == State::kNew || state_ == State::kAuthenticating) && now - opened_ >= kAuthTime)
    peer_->close(4401, "no valid auth message came within 5 seconds");
  if ((state_ == State::kQuiet || state_ == State::kLost) && now - heard_ >= kIdleTime)
    peer_->close(4408, "neither subscribed nor heard of for a minute");
}

void Subscriber::closed() {
  const std::lock_guard lock(mutex_);
  state_ = State::kClosed;
  ++generation_;
  buffer_.clear();
  waiting_.clear();
}

LiveGrant Subscriber::grant() const {
  const std::lock_guard lock(mutex_);
  return grant_;
}

bool Subscriber::subscribed() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::kCatchingUp || state_ == State::kLive;
}

void Subscriber::complain(const Error& error) {
  const std::lock_guard lock(mutex_);
  peer_->send(error_frame(error));
  if (++complaints_ > kComplaints) peer_->close(4400, "too many messages that make no sense");
}

}  // namespace florin::live
