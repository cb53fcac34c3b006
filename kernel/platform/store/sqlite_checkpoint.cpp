// One thread, one connection, one pass at a time.
#include "kernel/platform/store/sqlite_checkpoint.hpp"

#include <utility>

#include <soci/sqlite3/soci-sqlite3.h>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "kernel/platform/store/fault.hpp"
#include "kernel/platform/store/sqlite_vfs.hpp"

namespace florin::store {

namespace {
constexpr int kRounds = 4;
constexpr int kPagesWorthARound = 400;
}  // namespace

Checkpointer::Checkpointer(std::string file) : file_(std::move(file)), thread_([this] { work(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  something_.notify_all();
  thread_.join();
}

void Checkpointer::start_pass() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  something_.notify_all();
}

bool Checkpointer::take_finished() {
  const std::lock_guard lock(mutex_);
  return std::exchange(finished_, false);
}

void Checkpointer::work() {
  sqlite_api::sqlite3* database = nullptr;
  int opened = sqlite_api::sqlite3_open_v2(file_.c_str(), &database, SQLITE_OPEN_READWRITE, sqlite_vfs());
  // A connection that has never read does not know yet that there is a log: a pass would do nothing, and say OK.
  if (opened == SQLITE_OK) opened = sqlite_api::sqlite3_exec(database, "SELECT 1 FROM sqlite_master", nullptr, nullptr, nullptr);
  // The writer's own passes do for a thread that cannot help: the log is longer then, nothing is lost.
  if (opened != SQLITE_OK) spdlog::warn("{}: its log is written back by the writer itself: {}", file_, sqlite_api::sqlite3_errmsg(database));
  std::unique_lock lock(mutex_);
  while (opened == SQLITE_OK) {
    something_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_) break;
    lock.unlock();
    pass(database);
    lock.lock();
    wanted_ = false;
    finished_ = true;
  }
  sqlite_api::sqlite3_close(database);
}

void Checkpointer::pass(sqlite_api::sqlite3* database) {
  // What comes while one round runs is the next one's, and less each time: what is left for the writer is little.
  int code = SQLITE_OK, logged = 0, before = 0;
  for (int round = 0; round < kRounds && code == SQLITE_OK; ++round) {
    code = sqlite_api::sqlite3_wal_checkpoint_v2(database, nullptr, SQLITE_CHECKPOINT_PASSIVE, &logged, nullptr);
    if (logged - std::exchange(before, logged) < kPagesWorthARound) break;
  }
  // Busy or full: everything is still in the log, and the next pass comes to it.
  if ((code & 0xff) == SQLITE_IOERR)
    stop_process(
        fmt::format("the disk failed under {} while its log was written back ({}); florind ends: check "
                    "the disk, then start it again",
                    file_, sqlite_api::sqlite3_errmsg(database)));
}

}  // namespace florin::store
