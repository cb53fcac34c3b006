// SQLite's connections. Durability is WAL with synchronous=FULL; the log is written back into the
// database by our own checkpoints, between commits, because SQLite's automatic ones swallow I/O errors.
#include "kernel/platform/store/sqlite.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "kernel/platform/store/sqlite_checkpoint.hpp"
#include "kernel/platform/store/sqlite_vfs.hpp"

namespace florin::store {

namespace {

using sqlite_api::sqlite3;

// Pages of 4 KiB in the write-ahead log. Each time that the first number has come it is written back beside the
// writer. Past the second the writer adds what came meanwhile, so that the log begins anew: commits wait some
// milliseconds for that, so it is not done after each pass. Past the third the writer does it all and waits for
// readers, so that the log does not grow for ever.
constexpr int kLogPages = 8000;
constexpr int kLogPagesEnd = 2 * kLogPages;
constexpr int kLogPagesMax = 32'000;

EngineFault fault_of(int extended, const std::string& message) {
  using Kind = EngineFault::Kind;
  if (extended == SQLITE_IOERR_DATA) return {Kind::kDamaged, damaged_page()};
  switch (extended & 0xff) {
    case SQLITE_FULL:
      return {Kind::kFull, message};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Kind::kConflict, message};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Kind::kDamaged, message};
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return {Kind::kBroken, message};
    default:
      return {Kind::kStatement, message};
  }
}

// Once a process, before SQLite's first use. Each connection is used by one thread at a time, so none needs
// a lock around every call, nor a global one around every allocation to keep statistics that nobody reads.
void configure_library() {
  static const bool done = [] {
    sqlite_api::sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite_api::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return true;
  }();
  static_cast<void>(done);
}

std::unique_ptr<soci::session> connect(const std::string& file) {
  configure_library();
  if (file.find('"') != std::string::npos)
    throw EngineFault(EngineFault::Kind::kBroken,
                      "a database file's name cannot have a double quote: " + file);
  try {
    return std::make_unique<soci::session>(soci::sqlite3, fmt::format("db=\"{}\" timeout=5 vfs={}", file, sqlite_vfs()));
  } catch (const soci::soci_error& error) {
    throw EngineFault(EngineFault::Kind::kBroken, fmt::format("{}: {}", file, error.get_error_message()));
  }
}

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(const std::string& file, bool writes)
      : Connection(connect(file)),
        file_(file),
        raw_(static_cast<soci::sqlite3_session_backend*>(session().get_backend())->conn_) {
    sqlite3_extended_result_codes(raw_, 1);
    if (writes) {
      if (sqlite3_db_readonly(raw_, "main") == 1)
        throw EngineFault(EngineFault::Kind::kBroken,
                          file + " is read-only: the user that runs florind must be able to write it");
      set_seals_aside();
      exec(
          "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
          "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16000");
      look_for_seals();
      sqlite3_wal_hook(raw_, &note_log_pages, this);
      begin_ = prepare("BEGIN IMMEDIATE");
      mark_ = prepare("SAVEPOINT unit");
      keep_ = prepare("RELEASE SAVEPOINT unit");
      commit_ = prepare("COMMIT");
    } else {
      exec("PRAGMA query_only=ON; PRAGMA cache_size=-4000");
    }
    // Cells are looked at as a page is read: damage is known then, and not when it has been followed.
    exec("PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON");
  }
  ~SqliteConnection() override {
    for (sqlite_api::sqlite3_stmt* statement : {begin_, mark_, keep_, commit_}) sqlite3_finalize(statement);
    forget_statements();
  }

  Engine engine() const override { return Engine::kSqlite; }

  void exec(const std::string& sql) override {
    const int code = sqlite_api::sqlite3_exec(raw_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw here(code);
  }

  void begin() override { step(begin_); }
  void begin_read() override { exec("BEGIN"); }
  void mark() override { step(mark_); }
  void keep() override { step(keep_); }
  bool in_transaction() const override { return sqlite3_get_autocommit(raw_) == 0; }

  bool has_table(const std::string& name) override {
    return one<std::tuple<std::int64_t>>("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name",
                                         name)
        .has_value();
  }

  void commit() override {
    try {
      if (commit_ == nullptr) return exec("COMMIT");
      step(commit_);
    } catch (const EngineFault&) {
      // After a failed fsync the kernel may have dropped the pages and call the next fsync a success.
      const int code = sqlite3_extended_errcode(raw_);
      if ((code & 0xff) == SQLITE_IOERR && code != SQLITE_IOERR_DATA)
        stop_process(
            fmt::format("the disk failed under {} while committing ({}); what is durable is unknown, so "
                        "florind ends: check the disk, then start it again",
                        file_, sqlite3_errmsg(raw_)));
      throw;
    }
  }

  void tidy() override {
    if (log_pages_ >= kLogPagesMax) return write_back(SQLITE_CHECKPOINT_RESTART);
    // Shorter than when the last pass began: the thread beside had caught up, and then SQLite begins the log anew.
    if (log_pages_ < next_pass_ - kLogPages) next_pass_ = kLogPages;
    if (log_pages_ >= next_pass_) {
      if (!beside_) beside_ = std::make_unique<Checkpointer>(file_);
      beside_->start_pass();
      next_pass_ = log_pages_ + kLogPages;
    } else if (beside_ && beside_->take_finished() && log_pages_ >= kLogPagesEnd) {
      write_back(SQLITE_CHECKPOINT_PASSIVE);
    }
  }

 protected:
  EngineFault sorted(const soci::soci_error& error) const override {
    const auto* ours = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    return fault_of(ours != nullptr ? ours->result() : SQLITE_ERROR, error.get_error_message());
  }

 private:
  // Of a new database; a page's room cannot be changed later.
  void set_seals_aside() {
    int bytes = kSealBytes;
    sqlite3_file_control(raw_, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
  }
  void look_for_seals() {
    if (*sqlite3_db_filename(raw_, "main") == '\0') return;  // In memory: nothing of it comes back from a disk.
    bool has = false;
    sqlite3_file_control(raw_, "main", kHasSeals, &has);
    if (!has)
      spdlog::warn("{0} was made before pages had checksums, so a flipped bit in it may be seen late: stop florind and run "
                   "sqlite3 {0} '.filectrl reserve_bytes {1}' VACUUM; each page is checked once it was written after that",
                   file_, kSealBytes);
  }

  void write_back(int how) {
    log_pages_ = 0;
    const int code = sqlite3_wal_checkpoint_v2(raw_, nullptr, how, nullptr, nullptr);
    // Busy or full: everything is still in the log, and the next commit says again how long that is.
    if ((code & 0xff) == SQLITE_IOERR)
      stop_process(
          fmt::format("the disk failed under {} while its log was written back ({}); florind ends: check "
                      "the disk, then start it again",
                      file_, sqlite3_errmsg(raw_)));
  }

  static int note_log_pages(void* self, sqlite3*, const char*, int pages) {
    static_cast<SqliteConnection*>(self)->log_pages_ = pages;
    return SQLITE_OK;
  }

  EngineFault here(int code) const {
    return fault_of(code, fmt::format("{}: {}", file_, sqlite3_errmsg(raw_)));
  }

  sqlite_api::sqlite3_stmt* prepare(const char* sql) {
    sqlite_api::sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(raw_, sql, -1, &statement, nullptr);
    if (code != SQLITE_OK) throw here(code);
    return statement;
  }
  void step(sqlite_api::sqlite3_stmt* statement) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) {
      sqlite3_reset(statement);
      return;
    }
    const EngineFault fault = here(code);
    sqlite3_reset(statement);
    throw fault;
  }

  const std::string file_;
  sqlite3* raw_;
  // What every group needs, without the detour over SOCI; null in a reader.
  sqlite_api::sqlite3_stmt *begin_ = nullptr, *mark_ = nullptr, *keep_ = nullptr, *commit_ = nullptr;
  int log_pages_ = 0;
  int next_pass_ = kLogPages;             // How long the log is when the next pass begins.
  std::unique_ptr<Checkpointer> beside_;  // Made when it is first needed; null in a reader.
};

class SqliteConnector final : public Connector {
 public:
  explicit SqliteConnector(std::string file) : file_(std::move(file)) {}
  Engine engine() const override { return Engine::kSqlite; }
  std::unique_ptr<Connection> writer() override { return std::make_unique<SqliteConnection>(file_, true); }
  std::unique_ptr<Connection> reader() override { return std::make_unique<SqliteConnection>(file_, false); }
  std::size_t units_max() const override { return 512; }

 private:
  const std::string file_;
};

}  // namespace

std::unique_ptr<Connector> sqlite_connector(const std::string& database_file) {
  return std::make_unique<SqliteConnector>(database_file);
}

}  // namespace florin::store
