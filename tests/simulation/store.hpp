// The disk and the store over it. The disk is one SQLite database in memory that outlives the process; the
// store queues units and runs them in groups as the real writer does, each unit in its savepoint. A group is
// durable at one moment and told at a later one: a crash before the first loses it, a crash between the two
// leaves a change that nobody was told of.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "kernel/platform/store/connection.hpp"
#include "tests/simulation/doors.hpp"
#include "tests/simulation/weather.hpp"

namespace florin::simulation {

class Disk {
 public:
  Disk();
  store::Connection& connection() { return *connection_; }
  // For oracles: looks, in a transaction of its own.
  template <class Query>
  auto look(Query query) {
    connection_->begin_read();
    auto found = query(static_cast<Session&>(*connection_));
    connection_->rollback();
    return found;
  }

 private:
  std::unique_ptr<store::Connector> connector_;
  std::unique_ptr<store::Connection> connection_;
};

class SimStore final : public Store {
 public:
  // `durable` is told of each group right after its COMMIT, and whether it had news.
  // `forgets`: sabotage, for the proof that oracles see it: some units are told to be durable and are not.
  SimStore(Timeline& timeline, SimExecutor& executor, Disk& disk, Weather& weather, std::function<void(bool)> durable, bool forgets)
      : timeline_(timeline), executor_(executor), disk_(disk), weather_(weather), durable_(std::move(durable)), forgets_(forgets) {}
  void on_closing(std::function<void(Session&, std::vector<StagedEvent>&)> closing) override { closing_ = std::move(closing); }
  void on_committed(std::function<void(const std::vector<StagedEvent>&)> committed) override { committed_ = std::move(committed); }
  Engine engine() const override { return Engine::kSqlite; }

 protected:
  Task<Result<Done>> commit(std::function<std::optional<Error>(Session&)>& unit) override;
  Task<Result<Done>> query_once(std::function<void(Session&)>& query) override;

 private:
  // Lives in the frame of the coroutine that waits for it.
  struct Waiting {
    std::function<std::optional<Error>(Session&)>& unit;
    Completion<Result<Done>>& told;
    std::optional<Error> refused = std::nullopt;
  };
  using Group = std::vector<Waiting*>;
  void later(Duration pause, void (SimStore::*what)());
  void run_group();
  void run_unit(Waiting& waiting);
  void tell();

  Timeline& timeline_;
  SimExecutor& executor_;
  Disk& disk_;
  Weather& weather_;
  const std::function<void(bool)> durable_;
  const bool forgets_;
  std::function<void(Session&, std::vector<StagedEvent>&)> closing_;
  std::function<void(const std::vector<StagedEvent>&)> committed_;
  std::deque<Waiting*> queue_;
  Group group_;  // Run, not told yet.
  std::vector<StagedEvent> events_;
  bool busy_ = false;
};

}  // namespace florin::simulation
