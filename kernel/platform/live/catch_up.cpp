// Reading the event table for a client that has been away, and letting go of it when it is live.
#include "kernel/platform/live/hub_core.hpp"

namespace florin::live {
namespace {

constexpr int kPage = 100;
// A client that takes none of its replay for this many naps is not coming along.
constexpr std::chrono::milliseconds kNap{20};
constexpr int kNaps = 1500;

// The number of the last event that the grant may see, by asking for one after a guess: some forty reads
// for a million events, once a merchant and process, since publish() keeps count from then on.
Task<Result<std::int64_t>> find_last(CorePtr core, LiveGrant grant) {
  std::int64_t last = 0, none_after = INT64_MAX, step = 1;
  while (last < none_after) {
    std::int64_t guess = last + (none_after - last) / 2;
    if (none_after == INT64_MAX) {
      guess = last == 0 ? 0 : last + step;
      step *= 2;
    }
    Task<Result<std::vector<StagedEvent>>> asking = core->backend.replay(grant, guess, 1);
    const Result<std::vector<StagedEvent>> found = co_await asking;
    if (!found) co_return found.error();
    if (found->empty())
      none_after = guess;
    else
      last = std::max(guess + 1, number_of(grant, found->front()));
  }
  co_return last;
}

Task<Result<std::int64_t>> starting_point(CorePtr core, CatchUp work) {
  if (work.from) co_return *work.from;
  if (const auto told = core->last_told(work.grant)) co_return *told;
  Task<Result<std::int64_t>> finding = find_last(core, work.grant);
  co_return co_await finding;
}

// True: it was sent or is not wanted. False: the subscription is over, one way or another.
Task<bool> replay_one(CorePtr core, SubscriberPtr subscriber, CatchUp work, StagedEvent event) {
  Frame frame;
  if (subscriber->interested(event))
    frame = event_frame(number_of(work.grant, event), core->backend.render(event));
  for (int nap = 0; nap < kNaps && !core->stopped; ++nap) {
    const Subscriber::Sent sent = subscriber->replayed(work.generation, event, frame);
    if (sent != Subscriber::Sent::kWait) co_return sent == Subscriber::Sent::kSent;
    Task<void> napping = core->clock.sleep(kNap);
    co_await napping;
  }
  subscriber->lose(work.generation);
  co_return false;
}

Task<void> catch_up_once(CorePtr core, SubscriberPtr subscriber, CatchUp work) {
  Task<Result<std::int64_t>> starting = starting_point(core, work);
  const Result<std::int64_t> start = co_await starting;
  if (!start) {
    subscriber->fail(work.generation, start.error());
    co_return;
  }
  if (!subscriber->begin_at(work.generation, *start)) co_return;
  while (!core->stopped) {
    const std::int64_t since = subscriber->last(work.generation);
    Task<Result<std::vector<StagedEvent>>> reading = core->backend.replay(work.grant, since, kPage);
    const Result<std::vector<StagedEvent>> page = co_await reading;
    if (!page) {
      subscriber->fail(work.generation, page.error());
      co_return;
    }
    if (page->empty() && subscriber->hand_over(work.generation)) co_return;
    for (const StagedEvent& event : *page) {
      Task<bool> replaying = replay_one(core, subscriber, work, event);
      const bool goes_on = co_await replaying;
      if (!goes_on) co_return;
    }
    if (!page->empty() && subscriber->last(work.generation) <= since) {
      const Error stuck{
          Error::Kind::kBroken, "the event table gave no event after the one asked for", "replay_failed", {}};
      subscriber->fail(work.generation, stuck);
      co_return;
    }
  }
  subscriber->lose(work.generation);
}

}  // namespace

Task<void> catch_up(CorePtr core, SubscriberPtr subscriber) {
  while (const auto work = subscriber->next_catch_up()) {
    Task<void> once = catch_up_once(core, subscriber, *work);
    co_await once;
  }
}

}  // namespace florin::live
