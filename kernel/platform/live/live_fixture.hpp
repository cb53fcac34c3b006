// The live hub with everything around it played by the test: an executor that steps when told, a clock
// that moves when told, an event table in memory, and peers that keep what they are sent.
#pragma once

#include <map>
#include <random>

#include <florin/json.hpp>

#include "kernel/platform/live/live.hpp"

namespace florin::testing {

// One thread, and the test says who goes next.
class SteppingExecutor final : public Executor {
 public:
  void post(std::coroutine_handle<> ready) override { ready_.push_back(ready); }
  bool idle() const { return ready_.empty(); }
  // The first, or with `random` anyone.
  void step(std::mt19937* random = nullptr) {
    const std::size_t at = random != nullptr ? (*random)() % ready_.size() : 0;
    const std::coroutine_handle<> next = ready_[at];
    ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(at));
    next.resume();
  }
  void run_until_idle() {
    while (!idle()) step();
  }

 private:
  std::vector<std::coroutine_handle<>> ready_;
};

class HandClock final : public Clock {
 public:
  explicit HandClock(Executor& executor) : executor_(executor) {}
  Instant now() const override { return Instant(now_); }
  Duration monotonic() const override { return now_; }
  Task<void> sleep(Duration pause) override {
    Parking parking{*this, now_ + pause};
    co_await parking;
  }
  void advance(Duration by) {
    now_ += by;
    while (!parked_.empty() && parked_.begin()->first <= now_) {
      executor_.post(parked_.begin()->second);
      parked_.erase(parked_.begin());
    }
  }
  bool anybody_sleeps() const { return !parked_.empty(); }

 private:
  struct Parking {
    HandClock& clock;
    Duration until;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) const { clock.parked_.emplace(until, self); }
    void await_resume() const noexcept {}
  };
  Executor& executor_;
  Duration now_{std::chrono::hours(1)};
  std::multimap<Duration, std::coroutine_handle<>> parked_;
};

// Tokens are "merchant:lisbon", "admin:", "admin:lisbon" and "payment:lisbon:pay_1"; all else is refused.
class MemoryBackend final : public LiveBackend {
 public:
  explicit MemoryBackend(Executor& executor) : executor_(executor) {}

  // Commits an event; telling the hub of it is the test's.
  StagedEvent commit(const std::string& merchant, const std::string& type = "payment.succeeded",
                     const std::string& payment = "pay_1") {
    StagedEvent event;
    event.merchant = merchant;
    event.type = type;
    event.payment_id = payment;
    event.seq = static_cast<std::int64_t>(by_merchant_[merchant].size()) + 1;
    event.position = static_cast<std::int64_t>(table_.size()) + 1;
    event.id = "evt_" + std::to_string(event.position);
    table_.push_back(event);
    by_merchant_[merchant].push_back(event);
    return event;
  }

  Task<Result<LiveGrant>> authenticate(std::string path, std::string token) override {
    co_await executor_.turn();
    LiveGrant grant;
    grant.key_id = "key_of_" + token;
    const std::size_t colon = token.find(':'), second = token.find(':', colon + 1);
    const std::string kind = token.substr(0, colon);
    if (colon == std::string::npos || path.find(kind) == std::string::npos)
      co_return Error{Error::Kind::kDenied, "no", {}, {}};
    grant.merchant = token.substr(colon + 1, second - colon - 1);
    if (kind == "admin") grant.of = LiveGrant::Of::kAdmin;
    if (kind == "payment") {
      grant.of = LiveGrant::Of::kPayment;
      grant.payment_id = token.substr(second + 1);
    }
    co_return grant;
  }

  Task<Result<std::vector<StagedEvent>>> replay(LiveGrant grant, std::int64_t since, int limit) override {
    co_await executor_.turn();
    std::vector<StagedEvent> found;
    // A merchant's numbers are its own from 1; positions are everybody's.
    const std::vector<StagedEvent>& rows =
        grant.of == LiveGrant::Of::kAdmin ? table_ : by_merchant_[grant.merchant];
    for (std::size_t at = static_cast<std::size_t>(since); at < rows.size(); ++at) {
      const StagedEvent& event = rows[at];
      if (!grant.merchant.empty() && event.merchant != grant.merchant) continue;
      if (grant.of == LiveGrant::Of::kPayment && event.payment_id != grant.payment_id) continue;
      found.push_back(event);
      if (found.size() == static_cast<std::size_t>(limit)) break;
    }
    ++reads;
    if (found.empty() && after_empty_read) std::exchange(after_empty_read, nullptr)();
    co_await executor_.turn();
    if (failing) co_return Error{Error::Kind::kUnavailable, "the store is away", "store_unavailable", {}};
    co_return found;
  }

  std::string render(const StagedEvent& event) override {
    ++rendered;
    return R"({"id":")" + event.id + R"(","type":")" + event.type + R"("})";
  }

  int reads = 0, rendered = 0;
  bool failing = false;
  std::function<void()> after_empty_read;  // Once, between reading nothing and saying so.

 private:
  Executor& executor_;
  std::map<std::string, std::vector<StagedEvent>> by_merchant_;
  std::vector<StagedEvent> table_;
};

class KeepingPeer final : public WebSocketPeer {
 public:
  KeepingPeer(std::uint64_t id, std::string path) : id_(id) { opened_by_.path = std::move(path); }
  std::uint64_t id() const override { return id_; }
  bool send(std::shared_ptr<const std::string> text) override {
    if (close_code != 0 || queued_bytes() + text->size() > capacity) return false;
    if (stuck) queued += text->size();
    frames.push_back(std::move(text));
    return true;
  }
  void close(int code, std::string_view reason) override {
    if (close_code != 0) return;
    close_code = code;
    close_reason = reason;
  }
  std::size_t queued_bytes() const override { return queued; }
  const EdgeRequest& opened_by() const override { return opened_by_; }

  // The type of every message so far: "authenticated subscribed event".
  std::string types() const {
    std::string all;
    for (const auto& frame : frames) all += (all.empty() ? "" : " ") + text_at(*parse_json(*frame), "type");
    return all;
  }
  // The seqs of the events so far.
  std::vector<std::int64_t> seqs() const {
    std::vector<std::int64_t> all;
    static constexpr std::string_view kEvent = R"({"type":"event","seq":)";
    for (const auto& frame : frames)
      if (frame->starts_with(kEvent)) all.push_back(std::stoll(frame->substr(kEvent.size(), 20)));
    return all;
  }
  Json last() const { return *parse_json(*frames.back()); }

  std::vector<std::shared_ptr<const std::string>> frames;
  int close_code = 0;
  std::string close_reason;
  bool stuck = false;  // Its client reads nothing.
  std::size_t queued = 0, capacity = 1024 * 1024;

 private:
  const std::uint64_t id_;
  EdgeRequest opened_by_;
};

struct LiveFixture {
  SteppingExecutor executor;
  HandClock clock{executor};
  MemoryBackend backend{executor};
  std::unique_ptr<LiveHub> hub = LiveHub::make(executor, clock, backend, {"https://console.example"});
  std::vector<std::shared_ptr<KeepingPeer>> peers;

  ~LiveFixture() {
    for (const auto& peer : peers) hub->closed(*peer);
    // Sleepers wake, see that everybody has gone, and end; a coroutine left asleep would leak.
    while (!executor.idle() || clock.anybody_sleeps()) {
      clock.advance(std::chrono::seconds(1));
      executor.run_until_idle();
    }
  }
  std::shared_ptr<KeepingPeer> open(const std::string& path) {
    auto peer = std::make_shared<KeepingPeer>(peers.size() + 1, path);
    peers.push_back(peer);
    hub->opened(peer);
    return peer;
  }
  void say(const std::shared_ptr<KeepingPeer>& peer, const std::string& text) { hub->received(*peer, text); }
  // Opens, authenticates and, with topics, subscribes; runs until nothing moves.
  std::shared_ptr<KeepingPeer> join(const std::string& path, const std::string& token,
                                    const std::string& subscribe = "") {
    auto peer = open(path);
    say(peer, R"({"type":"auth","token":")" + token + R"("})");
    if (!subscribe.empty()) say(peer, subscribe);
    executor.run_until_idle();
    return peer;
  }
  void happen(const std::string& merchant, const std::string& type = "payment.succeeded",
              const std::string& payment = "pay_1") {
    hub->publish({backend.commit(merchant, type, payment)});
    executor.run_until_idle();
  }
};

inline std::string subscribe_to(const std::string& topic, std::optional<std::int64_t> since = {}) {
  return R"({"type":"subscribe","topics":[")" + topic + "\"]" +
         (since ? ",\"since\":" + std::to_string(*since) : std::string()) + "}";
}

}  // namespace florin::testing
