// A sorted map of deadlines and one thread that waits for the first.
#include "kernel/platform/io/watchdog.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "kernel/platform/io/io_threads.hpp"

namespace florin {

struct Watchdog::State {
  using Key = std::pair<Expiring::Time, std::uint64_t>;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<Key, std::shared_ptr<Expiring>> watched;
  std::uint64_t next_id = 0;
  bool stopped = false;
  std::thread thread;

  void run() {
    std::unique_lock lock(mutex);
    while (!stopped) {
      if (watched.empty()) {
        changed.wait(lock);
        continue;
      }
      const Expiring::Time first = watched.begin()->first.first;
      if (std::chrono::steady_clock::now() < first) {
        changed.wait_until(lock, first);
        continue;
      }
      const std::shared_ptr<Expiring> due = watched.extract(watched.begin()).mapped();
      lock.unlock();
      due->expire("the time-out passed");
      lock.lock();
    }
  }
};

Watchdog::Watchdog() : state_(std::make_unique<State>()) {
  state_->thread = start_io_thread([state = state_.get()] { state->run(); });
}

Watchdog::~Watchdog() { stop(); }

Watchdog::Watch::~Watch() {
  const std::lock_guard lock(watchdog_.state_->mutex);
  watchdog_.state_->watched.erase({deadline_, id_});
}

std::unique_ptr<Watchdog::Watch> Watchdog::watch(std::shared_ptr<Expiring> job) {
  std::unique_lock lock(state_->mutex);
  const std::uint64_t id = state_->next_id++;
  auto watch = std::make_unique<Watch>(*this, job->deadline(), id);
  if (state_->stopped) {
    lock.unlock();
    job->expire("we are stopping");
    return watch;
  }
  const auto place = state_->watched.emplace(State::Key(job->deadline(), id), job).first;
  if (place == state_->watched.begin()) state_->changed.notify_one();
  return watch;
}

void Watchdog::stop() {
  std::map<State::Key, std::shared_ptr<Expiring>> left;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
    left.swap(state_->watched);
  }
  state_->changed.notify_all();
  for (const auto& [when, job] : left) job->expire("we are stopping");
  if (state_->thread.joinable()) state_->thread.join();
}

}  // namespace florin
