// A thread that waits for the next due webhook and starts a Task for it.
#include "kernel/app/sandbox_host/webhook_queue.hpp"

#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include <spdlog/spdlog.h>

#include "kernel/platform/io/io_threads.hpp"
#include "kernel/platform/io/target.hpp"

namespace florin {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kAtOnce = 16;
constexpr int kTries = 50;
constexpr std::array kPauses = {std::chrono::seconds(1), std::chrono::seconds(5), std::chrono::seconds(15),
                                std::chrono::seconds(60)};

struct Letter {
  SandboxWebhook webhook;
  int tries = 0;
};

// One POST. A route of its own for each receiver: one that is down does not hold up another.
Task<bool> post(HttpClient& client, SandboxWebhook webhook) {
  const Result<Target> target = parse_target(webhook.url);
  if (!target) co_return false;
  Route route;
  route.key = "sandbox/" + target->origin();
  route.hosts = {{"", (target->tls ? "https://" : "http://") + target->authority()}};
  HttpRequest request;
  request.method = "POST";
  request.path = target->path;
  request.headers = webhook.headers;
  request.body = webhook.body;
  const std::unique_ptr<Http> door = client.door(std::move(route), nullptr);
  const Result<HttpResponse> answer = co_await door->send(request);
  co_return answer && answer->status >= 200 && answer->status < 300;
}

}  // namespace

struct WebhookQueue::State {
  State(Executor& e, HttpClient& c) : executor(e), client(c) {}
  Executor& executor;
  HttpClient& client;
  std::mutex mutex;
  std::condition_variable changed;
  std::multimap<Steady::time_point, Letter> waiting;
  int under_way = 0;
  bool stopping = false;
  Counts counts;
  std::thread thread;

  void run(const std::shared_ptr<State>& self) {
    std::unique_lock lock(mutex);
    while (!stopping) {
      if (waiting.empty() || under_way >= kAtOnce) {
        changed.wait(lock);
      } else if (const auto due = waiting.begin()->first; due > Steady::now()) {
        changed.wait_until(lock, due);
      } else {
        Letter letter = std::move(waiting.extract(waiting.begin()).mapped());
        ++under_way;
        lock.unlock();
        executor.spawn("sandbox.webhook", deliver(self, std::move(letter)));
        lock.lock();
      }
    }
  }

  static Task<void> deliver(std::shared_ptr<State> state, Letter letter) {
    Task<bool> posting = post(state->client, letter.webhook);
    const bool taken = co_await posting;
    const std::lock_guard lock(state->mutex);
    --state->under_way;
    ++letter.tries;
    if (taken)
      ++state->counts.delivered;
    else if (letter.tries >= kTries)
      ++state->counts.given_up;
    else if (!state->stopping)
      state->waiting.emplace(Steady::now() + pause_after(letter.tries), std::move(letter));
    state->changed.notify_all();
  }

  static std::chrono::seconds pause_after(int tries) {
    return kPauses[std::min<std::size_t>(static_cast<std::size_t>(tries - 1), kPauses.size() - 1)];
  }
};

WebhookQueue::WebhookQueue(Executor& executor, HttpClient& client)
    : state_(std::make_shared<State>(executor, client)) {
  state_->thread = start_io_thread([state = state_] { state->run(state); });
}

WebhookQueue::~WebhookQueue() { stop(); }

void WebhookQueue::add(SandboxWebhook webhook) {
  const std::lock_guard lock(state_->mutex);
  const auto due = Steady::now() + webhook.delay;
  state_->waiting.emplace(due, Letter{std::move(webhook), 0});
  state_->changed.notify_all();
}

void WebhookQueue::flush() {
  const std::lock_guard lock(state_->mutex);
  std::multimap<Steady::time_point, Letter> due;
  const auto now = Steady::now();
  for (auto& [when, letter] : state_->waiting) due.emplace(std::min(when, now), std::move(letter));
  state_->waiting.swap(due);
  state_->changed.notify_all();
}

WebhookQueue::Counts WebhookQueue::counts() const {
  const std::lock_guard lock(state_->mutex);
  Counts counts = state_->counts;
  counts.waiting = static_cast<std::int64_t>(state_->waiting.size()) + state_->under_way;
  return counts;
}

void WebhookQueue::stop() {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->waiting.clear();
  state_->changed.notify_all();
  state_->changed.wait(lock, [this] { return state_->under_way == 0; });
  lock.unlock();
  if (state_->thread.joinable()) state_->thread.join();
}

}  // namespace florin
