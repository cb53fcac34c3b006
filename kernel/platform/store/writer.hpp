// The single writer: one thread that takes queued units of work and commits many in one transaction (group
// commit). Internal to the store.
//
// A group runs bare at first. Only when one of its units is refused after it has changed something is the
// transaction rolled back and the group run again with each unit in a savepoint of its own, as are the next
// groups for a while. A savepoint costs SQLite a copy of every page that the unit touches first, and
// PostgreSQL a round trip; nearly every unit succeeds, or is refused before it writes.
//
// Whoever waits is told only after its own transaction is durable. When the engine ends a transaction
// under our feet the group is run again one unit at a time; when another node was in the way, or the
// connection went before COMMIT, as a whole; when it went at COMMIT, nothing happens until the database
// itself has said what became of that transaction.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <florin/result.hpp>

#include "kernel/platform/executor/executor.hpp"
#include "kernel/platform/store/connection.hpp"
#include "kernel/platform/store/store.hpp"
#include "kernel/platform/store/writer_health.hpp"

namespace florin::store {

class Writer {
 public:
  using Unit = std::function<std::optional<Error>(Session&)>;
  struct Hooks {
    std::function<void(Session&, std::vector<StagedEvent>&)> closing;
    std::function<void(const std::vector<StagedEvent>&)> committed;
  };
  // A unit on its way; lives in the frame of the coroutine that waits for it.
  struct Waiting {
    Unit& unit;
    Completion<Result<Done>>& told;
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
    std::optional<Error> refused = std::nullopt;  // The unit's own Error, or why it could not be run.
  };

  // `connection` is the first one; later ones come from the connector. `health` may be null.
  Writer(Connector& connector, std::unique_ptr<Connection> connection, WriterHealth* health);
  ~Writer();                         // Stops, and closes its connection.
  void stop();                       // Commits what is queued, and takes no more.
  Hooks& hooks() { return hooks_; }  // Set before the first push().
  // False: too many wait already, or the writer is stopping; then `waiting` is not kept.
  bool push(Waiting& waiting);

 private:
  using Group = std::vector<Waiting*>;
  using Clock = std::chrono::steady_clock;

  void work();
  bool take(Group& group);
  bool take_more(Group& group);
  void append_queued(Group& group);
  void serve(Group group, bool alone);
  void serve_each(const Group& group);
  // Runs and commits; throws EngineFault when nothing of it is durable. Adds what is queued meanwhile,
  // unless the group is to be alone. Gives back how many units it reached: the rest wait for the next.
  std::size_t commit_group(Group& group, bool alone);
  std::size_t run_group(Group& group, bool alone, bool careful);
  void run_units(const Group& group, std::size_t& reached, Clock::time_point until, bool careful);
  std::optional<EngineFault> run_unit(Waiting& waiting, bool careful);
  void close_group();
  std::optional<bool> find_out(const std::string& transaction_name);
  void leave_unknown(const Group& group, std::size_t count);
  void tell(const Group& group, std::size_t count);
  void fail(const Group& group, const EngineFault& fault);
  void note(const EngineFault& fault);
  void give_up_connection() { connection_.reset(); }
  void need_connection();
  void refuse_the_impatient();
  bool pause(std::chrono::milliseconds how_long);

  Connector& connector_;
  WriterHealth* const health_;
  std::unique_ptr<Connection> connection_;  // Null between losing one and having the next.
  Hooks hooks_;
  std::vector<StagedEvent> events_;  // Of the group that is running.
  bool changed_ = false;             // Whether that group has changed anything.
  int careful_groups_ = 0;           // How many of the next groups run with savepoints.

  std::mutex mutex_;
  std::condition_variable something_;
  std::deque<Waiting*> queue_;
  bool stopping_ = false;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace florin::store
