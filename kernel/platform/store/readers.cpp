// The reader threads. A read has no effect, so a lost connection costs it one retry and no more.
#include "kernel/platform/store/readers.hpp"

#include <typeinfo>

namespace florin::store {

namespace {
constexpr std::size_t kWaitingMax = 16'384;
// A connection that lay still for longer may have been cut by something in between.
constexpr std::chrono::seconds kIdleMax{30};
}  // namespace

Readers::Readers(Connector& connector, std::vector<std::unique_ptr<Connection>> connections)
    : connector_(connector), connections_(std::move(connections)) {
  for (std::unique_ptr<Connection>& connection : connections_)
    threads_.emplace_back([this, &connection] { work(connection); });
}

Readers::~Readers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  something_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Readers::push(Waiting& waiting) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= kWaitingMax) return false;
    queue_.push_back(&waiting);
  }
  something_.notify_one();
  return true;
}

void Readers::work(std::unique_ptr<Connection>& connection) {
  auto last_used = std::chrono::steady_clock::now();
  for (;;) {
    Waiting* waiting = nullptr;
    {
      std::unique_lock lock(mutex_);
      something_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      waiting = queue_.front();
      queue_.pop_front();
    }
    const bool idled = std::chrono::steady_clock::now() - last_used > kIdleMax;
    std::optional<EngineFault> fault = answer(connection, idled, *waiting);
    if (fault && fault->kind == EngineFault::Kind::kLost) fault = answer(connection, false, *waiting);
    last_used = std::chrono::steady_clock::now();
    // The moment it is told, it may be gone.
    if (fault)
      waiting->told.set(to_error(*fault));
    else
      waiting->told.set(Done{});
  }
}

std::optional<EngineFault> Readers::answer(std::unique_ptr<Connection>& connection, bool idled,
                                           Waiting& waiting) {
  try {
    if (const auto damage = connector_.damage()) return damage;
    if (!connection) connection = connector_.reader();
    if (idled) connection->check_alive();
    read(*connection, waiting);
    return std::nullopt;
  } catch (const EngineFault& fault) {
    if (fault.kind == EngineFault::Kind::kLost) connection.reset();
    connector_.note(fault);
    return fault;
  } catch (const StoreFault& fault) {
    return EngineFault(EngineFault::Kind::kStatement, fault.what());
  } catch (const std::exception& bug) {
    // Its text may quote what was read, so only its type is told.
    return EngineFault(EngineFault::Kind::kStatement, std::string("a read ended by ") + typeid(bug).name());
  }
}

void Readers::read(Connection& connection, Waiting& waiting) {
  struct End {
    Connection& connection;
    ~End() { connection.rollback(); }
  };
  connection.begin_read();
  const End end{connection};
  waiting.query(connection);
}

}  // namespace florin::store
