// One queue and the threads that empty it.
#include "kernel/platform/io/io_threads.hpp"

#include <pthread.h>
#include <signal.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

namespace florin {

std::thread start_io_thread(std::function<void()> body) {
  // OpenSSL writes without MSG_NOSIGNAL: the signal's default would end the process.
  struct sigaction current {};
  if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread thread(std::move(body));
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
}

struct IoThreads::State {
  explicit State(int most_threads) : most(most_threads) {}
  const int most;
  mutable std::mutex mutex;
  std::condition_variable something;
  std::deque<std::function<void()>> queue;
  std::vector<std::thread> threads;
  int idle = 0;
  bool stopping = false;

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      ++idle;
      something.wait(lock, [this] { return stopping || !queue.empty(); });
      --idle;
      if (queue.empty()) return;
      const std::function<void()> work = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }
};

IoThreads::IoThreads(int most) : state_(std::make_unique<State>(most)) {}

IoThreads::~IoThreads() { stop(); }

bool IoThreads::submit(std::function<void()> work) {
  const std::lock_guard lock(state_->mutex);
  if (state_->stopping) return false;
  const bool crowded = static_cast<int>(state_->queue.size()) >= state_->idle;
  if (crowded && static_cast<int>(state_->threads.size()) < state_->most) {
    try {
      state_->threads.push_back(start_io_thread([state = state_.get()] { state->run(); }));
    } catch (const std::system_error& e) {
      spdlog::warn("no I/O thread could be started beside the {} there are: {}", state_->threads.size(),
                   e.what());
      if (state_->threads.empty()) return false;
    }
  }
  state_->queue.push_back(std::move(work));
  state_->something.notify_one();
  return true;
}

void IoThreads::stop() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    threads.swap(state_->threads);
  }
  state_->something.notify_all();
  for (std::thread& thread : threads) thread.join();
}

int IoThreads::started() const {
  const std::lock_guard lock(state_->mutex);
  return static_cast<int>(state_->threads.size());
}

}  // namespace florin
