// Between the coroutines that wait and the threads that work.
#include "kernel/platform/store/sql_store.hpp"

#include <florin/check.hpp>

namespace florin::store {

namespace {
Error overloaded() {
  return Error{Error::Kind::kUnavailable, "too much is waiting for the database, or it is closing",
               "store_busy", ""};
}

class Counted {
 public:
  explicit Counted(std::atomic<std::int64_t>& count) : count_(count) { count_.fetch_add(1, std::memory_order_relaxed); }
  ~Counted() { count_.fetch_sub(1, std::memory_order_relaxed); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<std::int64_t>& count_;
};
}  // namespace

SqlStore::SqlStore(Executor& executor, std::unique_ptr<FileLock> lock, std::unique_ptr<Connector> connector,
                   std::unique_ptr<Connection> writer, std::vector<std::unique_ptr<Connection>> readers,
                   WriterHealth* health)
    : executor_(executor), lock_(std::move(lock)), connector_(std::move(connector)) {
  if (writer) writer_ = std::make_unique<Writer>(*connector_, std::move(writer), health);
  readers_ = std::make_unique<Readers>(*connector_, std::move(readers));
}

// Units before reads: whoever is told of a commit may go on to read.
SqlStore::~SqlStore() {
  if (writer_) writer_->stop();
}

void SqlStore::on_closing(std::function<void(Session&, std::vector<StagedEvent>&)> closing) {
  if (writer_) writer_->hooks().closing = std::move(closing);
}

void SqlStore::on_committed(std::function<void(const std::vector<StagedEvent>&)> committed) {
  if (writer_) writer_->hooks().committed = std::move(committed);
}

Task<Result<Done>> SqlStore::commit(std::function<std::optional<Error>(Session&)>& unit) {
  if (!writer_) co_return Error{Error::Kind::kDenied, "this store was opened for reading only", "", ""};
  Completion<Result<Done>> told(executor_);
  Writer::Waiting waiting{unit, told};
  const Counted counted(waiting_);
  if (!writer_->push(waiting)) co_return overloaded();
  co_return co_await told;
}

Task<Result<Done>> SqlStore::query_once(std::function<void(Session&)>& query) {
  Completion<Result<Done>> told(executor_);
  Readers::Waiting waiting{query, told};
  const Counted counted(waiting_);
  if (!readers_->push(waiting)) co_return overloaded();
  co_return co_await told;
}

}  // namespace florin::store
