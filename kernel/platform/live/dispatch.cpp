// From the writer's batches to the receivers' queues, and the clock's part.
#include <spdlog/spdlog.h>

#include "kernel/platform/live/hub_core.hpp"

namespace florin::live {
namespace {

// Deliveries before the worker is given to somebody else: about a millisecond's worth.
constexpr std::size_t kTurn = 2000;
constexpr std::chrono::milliseconds kTick{500};

// The frames that `receivers` need, each rendered once. Null: rendering failed, which is our bug.
PublishedPtr prepare(HubCore& core, StagedEvent event, const std::vector<SubscriberPtr>& receivers) try {
  auto published = std::make_shared<Published>();
  const std::string rendered = core.backend.render(event);
  for (const SubscriberPtr& receiver : receivers) {
    const bool by_position = counts_positions(receiver->grant());
    Frame& frame = by_position ? published->by_position : published->by_seq;
    if (frame == nullptr) frame = event_frame(by_position ? event.position : event.seq, rendered);
  }
  published->event = std::move(event);
  return published;
} catch (const std::exception& e) {
  spdlog::error("event {} could not be rendered for live clients: {}", event.id, e.what());
  return nullptr;
}

std::vector<StagedEvent> next_batch(HubCore& core) {
  const std::lock_guard lock(core.mutex);
  if (core.outgoing.empty() || core.stopped) {
    core.dispatching = false;
    return {};
  }
  std::vector<StagedEvent> batch = std::move(core.outgoing.front());
  core.outgoing.pop_front();
  return batch;
}

}  // namespace

Task<void> dispatch(CorePtr core) {
  std::size_t delivered = 0;
  for (;;) {
    std::vector<StagedEvent> batch = next_batch(*core);
    if (batch.empty()) co_return;
    for (StagedEvent& event : batch) {
      const std::vector<SubscriberPtr> receivers = core->registry.receivers(event);
      if (receivers.empty()) continue;
      const PublishedPtr published = prepare(*core, std::move(event), receivers);
      if (published == nullptr) continue;
      for (const SubscriberPtr& receiver : receivers) {
        receiver->deliver(published);
        if (++delivered % kTurn == 0) co_await core->executor.turn();
      }
    }
  }
}

Task<void> tick(CorePtr core) {
  for (;;) {
    const Duration before = core->clock.monotonic();
    Task<void> sleeping = core->clock.sleep(kTick);
    co_await sleeping;
    const Duration now = core->clock.monotonic();
    // A clock that lets nobody sleep has been stopped: the process is ending.
    if (core->stopped || now - before < kTick / 2) break;
    const std::vector<SubscriberPtr> everybody = core->registry.all();
    for (const SubscriberPtr& subscriber : everybody) subscriber->tick(now);
    if (!everybody.empty()) continue;
    core->ticking = false;
    // Somebody may have come between the look and the flag, and found it set.
    if (core->registry.all().empty() || core->ticking.exchange(true)) co_return;
  }
  core->ticking = false;
}

}  // namespace florin::live
