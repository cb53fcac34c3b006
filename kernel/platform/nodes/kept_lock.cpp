// One beat: connected, lock held, heartbeat written. Any of the three missing, and it has not succeeded.
#include "kernel/platform/nodes/kept_lock.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "kernel/platform/nodes/node_table.hpp"
#include "kernel/platform/store/postgres.hpp"

namespace florin::nodes {

namespace {
// A beat is no change that anybody waits for. One that the server does not answer is as good as none, and
// a server that does not hear from us any more is to free the lock within seconds.
constexpr const char* kSettings =
    "SET synchronous_commit = off; SET statement_timeout = '2s'; "
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3";

Error unavailable(std::string message) { return Error{Error::Kind::kUnavailable, std::move(message), "node_lock", ""}; }
}  // namespace

KeptLock::KeptLock(const std::string& store_url, Clock& clock, std::chrono::milliseconds beat)
    : connector_(store::postgres_connector(store_url)), clock_(clock), pause_(beat), thread_([this] { work(); }) {}

KeptLock::~KeptLock() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void KeptLock::keep(std::string id, std::int64_t lock_key, std::function<void(Result<Done>)> first) {
  {
    const std::lock_guard lock(mutex_);
    next_ = Kept{std::move(id), lock_key, std::move(first)};
  }
  changed_.notify_all();
}

void KeptLock::work() {
  Kept kept;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    look_for_new_keep(kept);
    lock.unlock();
    if (!kept.id.empty()) {
      const Duration begun = clock_.monotonic();
      Result<Done> beaten = beat(kept);
      if (beaten) last_beat_.store(begun.count(), std::memory_order_release);
      if (auto first = std::exchange(kept.first, nullptr)) first(std::move(beaten));
    }
    lock.lock();
    changed_.wait_for(lock, pause_, [this] { return stopping_ || !next_.id.empty(); });
  }
}

// Called with the mutex held.
void KeptLock::look_for_new_keep(Kept& kept) {
  if (next_.id.empty()) return;
  kept = std::exchange(next_, Kept());
  // The old lock goes with its connection.
  connection_.reset();
  held_ = false;
  last_beat_.store(Duration::min().count(), std::memory_order_release);
  taken_for_dead_.store(false, std::memory_order_release);
}

Result<Done> KeptLock::beat(const Kept& kept) try {
  if (!connection_) {
    held_ = false;
    connection_ = connector_->writer();
    connection_->exec(kSettings);
  }
  if (!held_) held_ = try_lock(*connection_, kept.lock_key);
  // A session of ours that the server has not yet found dead may hold it still.
  if (!held_) return unavailable("the lock of node " + kept.id + " is held by another session");
  if (nodes::beat(*connection_, kept.id, micros(clock_.now()))) return Done();
  taken_for_dead_.store(true, std::memory_order_release);
  return unavailable("node " + kept.id + " was taken for dead");
} catch (const store::EngineFault& fault) {
  if (held_) spdlog::warn("the connection that keeps this node's lock failed and is made again: {}", fault.what());
  connection_.reset();
  held_ = false;
  return store::to_error(fault);
}

}  // namespace florin::nodes
