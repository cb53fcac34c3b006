// Entering, watching, taking over. nodes.hpp says why this is safe.
#include "kernel/platform/nodes/shared_nodes.hpp"

#include <set>

#include <spdlog/spdlog.h>

#include <florin/check.hpp>

#include "kernel/platform/ids/ids.hpp"
#include "kernel/platform/nodes/process_proof.hpp"

namespace florin::nodes {

namespace {
// Random, so that no two nodes share it; without the sign, so that its halves are as pg_locks shows them.
std::int64_t random_key(Random& random) {
  std::uint64_t key = 0;
  for (const char byte : random.bytes(8)) key = key << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(key >> 1);
}
}  // namespace

SharedNodes::SharedNodes(Store& store, Executor& executor, Clock& clock, Random& random, NodeOptions options)
    : store_(store),
      executor_(executor),
      clock_(clock),
      random_(random),
      options_(std::move(options)),
      me_(new_id("node", clock.now(), random)),
      lock_(options_.store_url, clock, options_.beat) {
  FLORIN_CHECK(options_.fence + 2 * options_.beat <= options_.silence, "a node stops before it is taken for dead");
}

std::string SharedNodes::me() const {
  const std::lock_guard lock(mutex_);
  return me_;
}

bool SharedNodes::may_begin(const std::string& node) const {
  {
    const std::lock_guard lock(mutex_);
    if (node != me_) return false;
  }
  const Duration last = lock_.last_beat();
  return last != Duration::min() && clock_.monotonic() - last < options_.fence;
}

Task<Result<Done>> SharedNodes::enter() {
  const std::int64_t now = micros(clock_.now());
  const Row row{me(), this_process(), random_key(random_), now, now};
  auto unit = [row](Session& session) -> Result<Done> {
    insert(session, row);
    return Done();
  };
  Task<Result<Done>> writing = store_.write(unit);
  const Result<Done> written = co_await writing;
  if (!written) co_return written.error();
  // Shared: the thread that sets it may still be in it when we go on.
  const auto beaten = std::make_shared<Completion<Result<Done>>>(executor_);
  lock_.keep(row.id, row.lock_key, [beaten](Result<Done> first) { beaten->set(std::move(first)); });
  Completion<Result<Done>>& told = *beaten;
  co_return co_await told;
}

Task<Result<Done>> SharedNodes::join() {
  Task<Result<Done>> entering = enter();
  const Result<Done> entered = co_await entering;
  if (!entered) co_return entered.error();
  Task<void> looking = look_around();
  co_await looking;
  co_return Done();
}

Task<void> SharedNodes::watch() {
  for (;;) {
    const Duration before = clock_.monotonic();
    Task<void> sleeping = clock_.sleep(options_.beat);
    co_await sleeping;
    if (left_ || clock_.monotonic() - before < options_.beat / 2) co_return;  // Or the clock has stopped.
    if (lock_.taken_for_dead()) {
      const std::string old = me();
      {
        const std::lock_guard lock(mutex_);
        me_ = new_id("node", clock_.now(), random_);
      }
      spdlog::warn("the database could not be reached for so long that others took {} for dead; going on as {}", old, me());
      Task<Result<Done>> entering = enter();
      const Result<Done> entered = co_await entering;
      if (!entered) spdlog::warn("{} could not be entered yet: {}", me(), entered.error().message);
    }
    Task<void> looking = look_around();
    co_await looking;
  }
}

Task<void> SharedNodes::look_around() {
  const std::string self = me();
  auto query = [self](Session& session) -> Result<std::vector<Other>> { return others(session, self); };
  Task<Result<std::vector<Other>>> reading = store_.read(query);
  const Result<std::vector<Other>> found = co_await reading;
  if (!found) co_return;
  std::set<std::string> there;
  for (const Other& other : *found) {
    there.insert(other.id);
    if (!is_dead(other)) continue;
    Task<Result<Done>> handing = hand_over(other.id, other.heartbeat);
    const Result<Done> handed = co_await handing;
    if (!handed) spdlog::warn("what {} left could not be taken over yet: {}", other.id, handed.error().message);
  }
  std::erase_if(silent_, [&there](const auto& entry) { return there.count(entry.first) == 0; });
}

bool SharedNodes::is_dead(const Other& other) {
  if (other.lock_held) {
    silent_.erase(other.id);
    return false;
  }
  if (is_gone(other.process)) return true;
  const Duration now = clock_.monotonic();
  Silent& silent = silent_.try_emplace(other.id, Silent{other.heartbeat, now}).first->second;
  if (silent.heartbeat != other.heartbeat) silent = Silent{other.heartbeat, now};
  return now - silent.since >= options_.silence;
}

// With the heartbeat that was judged: a node that has beaten since is not removed.
Task<Result<Done>> SharedNodes::hand_over(std::string id, std::int64_t heartbeat) {
  auto unit = [this, id, heartbeat](Session& session) -> Result<bool> {
    if (!remove(session, id, heartbeat)) return false;
    for (const HandOver& hand_over : hand_overs_) hand_over(session, id);
    return true;
  };
  Task<Result<bool>> writing = store_.write(unit);
  const Result<bool> removed = co_await writing;
  if (!removed) co_return removed.error();
  if (*removed) spdlog::info("{} is dead; what it left is taken over", id);
  co_return Done();
}

Task<Result<Done>> SharedNodes::leave() {
  left_ = true;
  const std::string self = me();
  auto unit = [this, self](Session& session) -> Result<Done> {
    if (!remove(session, self)) return Done();
    for (const HandOver& hand_over : hand_overs_) hand_over(session, self);
    return Done();
  };
  Task<Result<Done>> writing = store_.write(unit);
  co_return co_await writing;
}

}  // namespace florin::nodes
