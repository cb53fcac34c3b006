// One connection serves units and reads: a group runs at one moment, so that no read sees half of it.
#include "tests/simulation/store.hpp"

#include <florin/check.hpp>

#include "kernel/platform/store/migrate.hpp"
#include "kernel/platform/store/sqlite.hpp"

namespace florin::simulation {

using namespace std::chrono_literals;

Disk::Disk() : connector_(store::sqlite_connector(":memory:")), connection_(connector_->writer()) {
  const auto applied = store::apply_missing(*connection_, built_in_migrations(Engine::kSqlite));
  FLORIN_CHECK(applied, "the built-in migrations make a database");
}

void SimStore::later(Duration pause, void (SimStore::*what)()) {
  // The store goes with its process; the executor, which knows whether it has gone, stays.
  timeline_.in(pause, [this, what, process = &executor_] {
    if (!process->dead()) (this->*what)();
  });
}

Task<Result<Done>> SimStore::commit(std::function<std::optional<Error>(Session&)>& unit) {
  Completion<Result<Done>> told(executor_);
  Waiting waiting{unit, told};
  queue_.push_back(&waiting);
  if (!std::exchange(busy_, true)) later(weather_.commit_takes(), &SimStore::run_group);
  co_return co_await told;
}

void SimStore::run_group() {
  store::Connection& connection = disk_.connection();
  const std::int64_t most = timeline_.dice.chance(500) ? 512 : timeline_.dice.between(1, 4);
  while (!queue_.empty() && static_cast<std::int64_t>(group_.size()) < most) {
    group_.push_back(queue_.front());
    queue_.pop_front();
  }
  events_.clear();
  if (weather_.disk_is_full()) {
    timeline_.note("disk full");
    for (Waiting* waiting : group_) waiting->refused = Error{Error::Kind::kUnavailable, "no room", "storage_full", ""};
    return later(weather_.tell_takes(), &SimStore::tell);
  }
  connection.begin();
  for (Waiting* waiting : group_) run_unit(*waiting);
  connection.carry_out_sums();
  if (!events_.empty()) closing_(connection, events_);
  connection.commit();
  timeline_.note("durable", std::to_string(group_.size()) + " units, " + std::to_string(events_.size()) + " events");
  durable_(!events_.empty());
  later(weather_.tell_takes(), &SimStore::tell);
}

void SimStore::run_unit(Waiting& waiting) {
  store::Connection& connection = disk_.connection();
  connection.mark();
  const std::size_t staged_before = events_.size();
  const store::Connection::Aside aside_before = connection.begin_unit();
  connection.collect_events(&events_);
  connection.take_failed();
  try {
    waiting.refused = waiting.unit(connection);
    if (connection.take_failed() && !waiting.refused)
      waiting.refused = Error{Error::Kind::kUnavailable, "a statement of the unit failed and the unit went on", "storage_error", ""};
  } catch (const store::EngineFault& fault) {
    waiting.refused = store::to_error(fault);
  } catch (const std::exception& bug) {
    waiting.refused = Error{Error::Kind::kBroken, std::string("a unit of work ended by ") + bug.what(), "", ""};
  }
  connection.collect_events(nullptr);
  const bool forgotten = forgets_ && timeline_.dice.chance(20);
  if (!waiting.refused && !forgotten) return connection.keep();
  events_.resize(staged_before);
  connection.forget_since(aside_before);
  connection.undo();
}

void SimStore::tell() {
  if (!events_.empty()) committed_(events_);
  for (Waiting* waiting : std::exchange(group_, {})) {
    // Its waiter may be gone the moment it is told.
    Completion<Result<Done>>& told = waiting->told;
    std::optional<Error> refused = std::move(waiting->refused);
    if (refused)
      told.set(std::move(*refused));
    else
      told.set(Done{});
  }
  busy_ = !queue_.empty();
  if (busy_) later(weather_.commit_takes(), &SimStore::run_group);
}

Task<Result<Done>> SimStore::query_once(std::function<void(Session&)>& query) {
  co_await executor_.turn();
  Result<Done> done = Done{};
  store::Connection& connection = disk_.connection();
  connection.begin_read();
  try {
    query(connection);
  } catch (const store::EngineFault& fault) {
    done = store::to_error(fault);
  } catch (const StoreFault& fault) {
    done = Error{Error::Kind::kUnavailable, fault.what(), "storage_error", ""};
  }
  connection.rollback();
  co_return done;
}

}  // namespace florin::simulation
