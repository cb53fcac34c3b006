// The Store over a real database: a writer, readers, and what keeps others off. Internal to the store.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernel/platform/store/readers.hpp"
#include "kernel/platform/store/sqlite.hpp"
#include "kernel/platform/store/store.hpp"
#include "kernel/platform/store/writer.hpp"

namespace florin::store {

class SqlStore final : public Store {
 public:
  // `lock` may be null (PostgreSQL); so may `writer`: then every write is refused.
  SqlStore(Executor& executor, std::unique_ptr<FileLock> lock, std::unique_ptr<Connector> connector,
           std::unique_ptr<Connection> writer, std::vector<std::unique_ptr<Connection>> readers,
           WriterHealth* health = nullptr);
  ~SqlStore() override;

  void on_closing(std::function<void(Session&, std::vector<StagedEvent>&)> closing) override;
  void on_committed(std::function<void(const std::vector<StagedEvent>&)> committed) override;
  Engine engine() const override { return connector_->engine(); }
  std::int64_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

 protected:
  Task<Result<Done>> commit(std::function<std::optional<Error>(Session&)>& unit) override;
  Task<Result<Done>> query_once(std::function<void(Session&)>& query) override;

 private:
  Executor& executor_;
  std::atomic<std::int64_t> waiting_{0};  // Units and reads until whoever asked goes on.
  // Gone in the opposite order. The writer's connection closes after the readers', because SQLite's log is written back
  // by the one that finds itself alone with the file; the lock goes last.
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<Connector> connector_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Readers> readers_;
};

}  // namespace florin::store
