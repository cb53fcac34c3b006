// The hub as the edge, the store and the key service see it: none of them waits for anything here.
#include <spdlog/spdlog.h>

#include "kernel/platform/live/handshake.hpp"
#include "kernel/platform/live/hub_core.hpp"

namespace florin {
namespace live {
namespace {

// How long a revoked key is remembered, for sockets whose authentication was under way.
constexpr std::chrono::seconds kRemembered{60};

void act(const CorePtr& core, const SubscriberPtr& subscriber, const Result<ClientMessage>& message);

Task<void> authenticate(CorePtr core, SubscriberPtr subscriber, std::string token,
                        std::optional<std::int64_t> since) {
  Task<Result<LiveGrant>> asking =
      core->backend.authenticate(subscriber->peer().opened_by().path, std::move(token));
  const Result<LiveGrant> grant = co_await asking;
  if (!grant) {
    subscriber->peer().close(4401, "this token does not open this socket");
    co_return;
  }
  // First among the receivers, then able to subscribe: no event falls between.
  if (!core->registry.index(subscriber, *grant) || !subscriber->authenticated(*grant, since)) co_return;
  std::optional<std::string> revoked;
  {
    const std::lock_guard lock(core->mutex);
    const auto found = core->revoked.find(grant->key_id);
    if (found != core->revoked.end()) revoked = found->second.why;
  }
  if (revoked) subscriber->peer().close(4403, *revoked);
  while (const auto text = subscriber->next_waiting()) act(core, subscriber, read_message(*text));
}

void act(const CorePtr& core, const SubscriberPtr& subscriber, const Result<ClientMessage>& message) {
  if (!message) return subscriber->complain(message.error());
  switch (message->type) {
    case ClientMessage::Type::kPing:
      return subscriber->say(pong_frame());
    case ClientMessage::Type::kSubscribe:
      if (subscriber->subscribe(message->topics, message->since))
        core->executor.spawn("live.catch_up", catch_up(core, subscriber));
      return;
    case ClientMessage::Type::kUnsubscribe:
      return subscriber->say(unsubscribed_frame(subscriber->unsubscribe(message->topics)));
    case ClientMessage::Type::kAuth:
      return subscriber->complain(
          Error{Error::Kind::kInvalid, "this socket is authenticated already", "bad_message", {}});
  }
}

class Hub final : public LiveHub {
 public:
  explicit Hub(CorePtr core) : core_(std::move(core)) {}
  ~Hub() override { core_->stopped = true; }

  std::optional<EdgeResponse> refuses(const EdgeRequest& request) override {
    return refuse_handshake(request, core_->allowed_origins);
  }

  void opened(std::shared_ptr<WebSocketPeer> peer) override {
    core_->registry.add(std::make_shared<Subscriber>(std::move(peer), core_->clock.monotonic()));
    if (!core_->ticking.exchange(true)) core_->executor.spawn("live.tick", tick(core_));
  }

  void received(WebSocketPeer& peer, std::string_view text) override {
    const SubscriberPtr subscriber = core_->registry.find(peer.id());
    if (subscriber == nullptr) return;
    const Result<ClientMessage> message = read_message(text);
    const bool is_auth = message && message->type == ClientMessage::Type::kAuth;
    switch (subscriber->hear(std::string(text), is_auth, core_->clock.monotonic())) {
      case Subscriber::Heard::kAct:
        return act(core_, subscriber, message);
      case Subscriber::Heard::kAuthenticate:
        return core_->executor.spawn("live.authenticate",
                                     authenticate(core_, subscriber, message->token, message->since));
      case Subscriber::Heard::kWaits:
        return;
      case Subscriber::Heard::kTooMany:
        return peer.close(4400, "too many messages before authentication has ended");
      case Subscriber::Heard::kNotFirst:
        return peer.close(4401, "the first message is {\"type\":\"auth\",\"token\":...}");
    }
  }

  void closed(WebSocketPeer& peer) override {
    if (const SubscriberPtr subscriber = core_->registry.remove(peer.id())) subscriber->closed();
  }

  void publish(const std::vector<StagedEvent>& events) override {
    if (events.empty()) return;
    bool begin = false;
    {
      const std::lock_guard lock(core_->mutex);
      for (const StagedEvent& event : events) {
        core_->last_seq[event.merchant] = event.seq;
        core_->last_position = event.position;
      }
      // Who comes after this look reads these events from the table.
      if (!core_->registry.anybody()) return;
      core_->outgoing.push_back(events);
      begin = !std::exchange(core_->dispatching, true);
    }
    if (begin) core_->executor.spawn("live.dispatch", dispatch(core_));
  }

  void revoke(const std::string& key_id, std::string_view why) override {
    if (key_id.empty()) return;
    const Duration now = core_->clock.monotonic();
    {
      const std::lock_guard lock(core_->mutex);
      std::erase_if(core_->revoked, [now](const auto& each) { return now - each.second.at > kRemembered; });
      core_->revoked[key_id] = {now, std::string(why)};
    }
    for (const SubscriberPtr& subscriber : core_->registry.all())
      if (subscriber->grant().key_id == key_id) subscriber->peer().close(4403, why);
  }

  std::int64_t subscribers() const override {
    std::int64_t count = 0;
    for (const SubscriberPtr& subscriber : core_->registry.all()) count += subscriber->subscribed() ? 1 : 0;
    return count;
  }

 private:
  const CorePtr core_;
};

}  // namespace
}  // namespace live

std::unique_ptr<LiveHub> LiveHub::make(Executor& executor, Clock& clock, LiveBackend& backend,
                                       std::vector<std::string> allowed_origins) {
  return std::make_unique<live::Hub>(
      std::make_shared<live::HubCore>(executor, clock, backend, std::move(allowed_origins)));
}

}  // namespace florin
