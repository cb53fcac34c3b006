// One group of the writer: its units, the closing hook, COMMIT, the news.
#include <typeinfo>

#include <spdlog/spdlog.h>

#include "kernel/platform/store/writer.hpp"

namespace florin::store {

namespace {
// A group ends early after so much work, so that its first unit does not wait for its last for ever.
constexpr std::chrono::milliseconds kWorkMax{20};
// A group that was run twice for one unit's sake is not the last: whoever sends such units sends more.
constexpr int kCarefulGroups = 16;

// A unit that was refused has left something behind, and there is no savepoint to go back to.
struct NeedsCare {};
}  // namespace

// Runs the group's units, and those who came meanwhile: they need not wait for a COMMIT of their own; after
// one, the first to come back would else have the next all for itself.
std::size_t Writer::run_group(Group& group, bool alone, bool careful) {
  const auto until = Clock::now() + kWorkMax;
  std::size_t reached = 0;
  events_.clear();
  changed_ = false;
  connection_->begin();
  connection_->hope(!careful);
  run_units(group, reached, until, careful);
  while (!alone && reached == group.size() && Clock::now() < until && take_more(group))
    run_units(group, reached, until, careful);
  return reached;
}

std::size_t Writer::commit_group(Group& group, bool alone) {
  const bool careful = careful_groups_ > 0;
  if (careful) --careful_groups_;
  std::size_t reached = 0;
  const auto again_with_care = [&] {
    connection_->rollback();
    careful_groups_ = kCarefulGroups;
    reached = run_group(group, alone, true);
    close_group();
  };
  try {
    reached = run_group(group, alone, careful);
    close_group();
  } catch (const NeedsCare&) {
    again_with_care();
  } catch (const NotAsHoped&) {
    again_with_care();
  }
  const std::string name = connection_->transaction_name();
  try {
    connection_->commit();
  } catch (const EngineFault& fault) {
    if (name.empty() || fault.kind != EngineFault::Kind::kLost) throw;
    const std::optional<bool> committed = find_out(name);
    if (!committed) {
      leave_unknown(group, reached);
      return reached;
    }
    // Nothing of it happened, and there is a connection again: as after a conflict, once more.
    if (!*committed)
      throw EngineFault(EngineFault::Kind::kConflict, "the connection went before COMMIT was done");
  }
  if (changed_ && health_) health_->arrived();
  if (!events_.empty() && hooks_.committed) hooks_.committed(events_);
  tell(group, reached);
  return reached;
}

void Writer::close_group() {
  try {
    connection_->carry_out_sums();
    if (!events_.empty() && hooks_.closing) hooks_.closing(*connection_, events_);
    connection_->flush();
  } catch (const EngineFault&) {
    throw;
  } catch (const std::exception& bug) {
    throw EngineFault(EngineFault::Kind::kStatement,
                      std::string("closing a group ended by ") + typeid(bug).name());
  }
}

void Writer::run_units(const Group& group, std::size_t& reached, Clock::time_point until, bool careful) {
  while (reached < group.size()) {
    Waiting* const waiting = group[reached];
    if (careful) connection_->mark();
    connection_->take_touched();
    const std::size_t staged_before = events_.size();
    const Connection::Aside aside_before = connection_->begin_unit();
    connection_->collect_events(&events_);
    const std::optional<EngineFault> fault = run_unit(*waiting, careful);
    connection_->collect_events(nullptr);
    if (!connection_->in_transaction())
      throw fault.value_or(
          EngineFault(EngineFault::Kind::kBroken, "the engine ended the transaction by itself"));
    // These are not the unit's but the whole transaction's.
    if (fault && (fault->kind == EngineFault::Kind::kLost || fault->kind == EngineFault::Kind::kConflict ||
                  fault->kind == EngineFault::Kind::kDamaged))
      throw *fault;
    const bool touched = connection_->take_touched();
    if (fault) note(*fault);
    if (waiting->refused && !careful && (fault || touched)) throw NeedsCare();
    if (waiting->refused) {
      events_.resize(staged_before);
      connection_->forget_since(aside_before);
    } else {
      changed_ = changed_ || touched || connection_->aside() != aside_before;
    }
    if (careful) waiting->refused ? connection_->undo() : connection_->keep();
    ++reached;
    if (Clock::now() > until) return;
  }
}

// Gives back what the database said when it was the database that ended the unit.
std::optional<EngineFault> Writer::run_unit(Waiting& waiting, bool careful) {
  std::optional<EngineFault> fault;
  connection_->take_failed();
  try {
    waiting.refused = waiting.unit(*connection_);
    // Without care what one unit put aside goes out with the next one's.
    if (!waiting.refused && careful) connection_->flush();
    if (connection_->take_failed() && !waiting.refused)
      fault.emplace(EngineFault::Kind::kStatement, "a statement of the unit failed and the unit went on");
  } catch (const EngineFault& thrown) {
    fault = thrown;
  } catch (const StoreFault& thrown) {
    fault.emplace(EngineFault::Kind::kStatement, thrown.what());
  } catch (const std::exception& bug) {
    // Its text may quote what the unit was given, so only its type is told.
    waiting.refused =
        Error{Error::Kind::kBroken, std::string("a unit of work ended by ") + typeid(bug).name(), "", ""};
  }
  if (fault) waiting.refused = to_error(*fault);
  return fault;
}

// COMMIT was sent and its answer never came: nobody is told anything before the database has said what
// became of that, however long it takes. Nothing: the store is closing and it has not said.
std::optional<bool> Writer::find_out(const std::string& transaction_name) {
  spdlog::warn("the connection to the database went during a COMMIT; asking it what became of that");
  give_up_connection();
  for (std::chrono::milliseconds wait{10};; wait = std::min(wait * 2, std::chrono::milliseconds(1000))) {
    try {
      if (!connection_) need_connection();
      const std::optional<bool> committed = connection_->was_committed(transaction_name);
      if (committed) return committed;
    } catch (const EngineFault&) {
      give_up_connection();
    }
    refuse_the_impatient();
    if (!pause(wait)) return std::nullopt;
  }
}

void Writer::leave_unknown(const Group& group, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    group[i]->refused =
        Error{Error::Kind::kTimedOut,
              "the connection to the database went during COMMIT: whether this was stored is unknown",
              "store_unknown", ""};
  tell(group, count);
}

}  // namespace florin::store
