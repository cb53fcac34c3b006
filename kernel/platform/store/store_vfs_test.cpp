// How SQLite's log is written through our file layer: a commit in one piece, before it is told, and nothing else changed.
// Below it stands a layer that counts what reaches the log and can be full.
#include "kernel/platform/store/sqlite_vfs.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

// Of the log alone, in the order in which it came: the bytes of each write, 0 for a sync.
std::vector<int> calls;
bool full = false;
sqlite3_vfs* real = nullptr;
sqlite3_io_methods log_methods;
const sqlite3_io_methods* real_methods = nullptr;

int counted_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  calls.push_back(count);
  return full ? SQLITE_FULL : real_methods->xWrite(file, bytes, count, at);
}
int counted_sync(sqlite3_file* file, int flags) {
  calls.push_back(0);
  return real_methods->xSync(file, flags);
}
int counted_open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  const int code = real->xOpen(real, name, file, flags, out_flags);
  if (code == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0) {
    real_methods = file->pMethods;
    log_methods = *real_methods;
    log_methods.xWrite = counted_write;
    log_methods.xSync = counted_sync;
    file->pMethods = &log_methods;
  }
  return code;
}

constexpr const char* kCounted = "florin over a counted one";
void register_layers() {
  static sqlite3_vfs counted;
  if (real != nullptr) return;
  real = sqlite3_vfs_find(nullptr);
  counted = *real;
  counted.zName = "counted";
  counted.xOpen = counted_open;
  sqlite3_vfs_register(&counted, 0);
  store::register_sqlite_vfs(kCounted, "counted");
}

class Database {
 public:
  Database(const std::string& file, const char* vfs) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    EXPECT_EQ(sqlite3_open_v2(file.c_str(), &database_, flags, vfs), SQLITE_OK);
    int set_aside = vfs != nullptr ? store::kSealBytes : 0;  // As the store has it.
    sqlite3_file_control(database_, "main", SQLITE_FCNTL_RESERVE_BYTES, &set_aside);
    EXPECT_EQ(run("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=FULL"), SQLITE_OK);
  }
  ~Database() { sqlite3_close(database_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  int run(const std::string& sql) { return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr); }
  // The first column of all rows.
  std::vector<std::string> all(const std::string& sql) {
    std::vector<std::string> rows;
    const auto add = [](void* into, int, char** values, char**) {
      static_cast<std::vector<std::string>*>(into)->emplace_back(values[0]);
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(database_, sql.c_str(), add, &rows, nullptr), SQLITE_OK) << sqlite3_errmsg(database_);
    return rows;
  }
  std::string one(const std::string& sql) { return all(sql).at(0); }

 private:
  sqlite3* database_ = nullptr;
};

class StoreVfs : public testing::Test {
 protected:
  StoreVfs() {
    register_layers();
    writer_ = std::make_unique<Database>(file_, kCounted);
    EXPECT_EQ(writer_->run("CREATE TABLE things (id INTEGER PRIMARY KEY, what BLOB); INSERT INTO things VALUES (0, '')"), SQLITE_OK);
    calls.clear();
    full = false;
  }
  ~StoreVfs() override { full = false; }

  // `rows` of one page each and of a new number.
  std::string add(int rows) {
    std::string sql;
    for (int i = 0; i < rows; ++i)
      sql += "INSERT INTO things VALUES (" + std::to_string(++last_) + ", randomblob(3500));";
    return sql;
  }
  // What a process would find that came after this one was killed now.
  std::string count_after_a_crash(std::uintmax_t log_bytes = UINTMAX_MAX) {
    const std::string copy = file_ + "-copy";
    fs::copy_file(file_, copy, fs::copy_options::overwrite_existing);
    fs::copy_file(file_ + "-wal", copy + "-wal", fs::copy_options::overwrite_existing);
    if (log_bytes < fs::file_size(copy + "-wal")) fs::resize_file(copy + "-wal", log_bytes);
    fs::remove(copy + "-shm");
    Database database(copy, nullptr);
    EXPECT_EQ(database.one("PRAGMA integrity_check"), "ok");
    return database.one("SELECT count(*) FROM things");
  }

  const test::TemporaryDirectory directory_;
  const std::string file_ = directory_.path() + "/florin.db";
  std::unique_ptr<Database> writer_;
  int last_ = 0;
};

TEST_F(StoreVfs, ACommitIsOneWriteAndOneSync) {
  ASSERT_EQ(writer_->run("BEGIN;" + add(10) + "COMMIT"), SQLITE_OK);
  ASSERT_EQ(writer_->run("BEGIN;" + add(10) + "COMMIT"), SQLITE_OK);
  // The first frame after an opening may be on its own: only what continues is gathered.
  ASSERT_GE(calls.size(), 2u);
  const std::vector<int> last(calls.end() - 2, calls.end());
  EXPECT_GT(last[0], 10 * 4096);
  EXPECT_EQ(last[1], 0) << "and then it is made durable";
  EXPECT_LE(calls.size(), 5u);
}

TEST_F(StoreVfs, ACommitThatIsLargeIsWrittenInPiecesThatSQLitesUnixLayerTakesWhole) {
  ASSERT_EQ(writer_->run("BEGIN;" + add(300) + "COMMIT"), SQLITE_OK);
  EXPECT_LE(calls.size(), 15u);
  for (const int count : calls) EXPECT_LE(count, 0x1ffff);
  EXPECT_EQ(count_after_a_crash(), "301");
}

TEST_F(StoreVfs, WhatIsCommittedIsInTheFileAlsoWhenNothingIsSynced) {
  ASSERT_EQ(writer_->run("PRAGMA synchronous=OFF"), SQLITE_OK);
  Database reader(file_, nullptr);
  for (int rows = 1; rows <= 64; rows *= 2) {
    ASSERT_EQ(writer_->run("BEGIN;" + add(rows) + "COMMIT"), SQLITE_OK);
    EXPECT_EQ(reader.one("SELECT count(*) FROM things"), std::to_string(last_ + 1));
    EXPECT_EQ(count_after_a_crash(), std::to_string(last_ + 1));
  }
  EXPECT_THAT(calls, testing::Not(testing::Contains(0)));
}

TEST_F(StoreVfs, ATransactionThatOutgrowsTheCacheReadsItsOwnPagesBackAndNobodyElseDoes) {
  ASSERT_EQ(writer_->run("PRAGMA cache_size=3; BEGIN;" + add(5) + "SAVEPOINT here;" + add(40)), SQLITE_OK);
  EXPECT_EQ(writer_->one("SELECT sum(length(what)) FROM things"), std::to_string(45 * 3500));
  EXPECT_EQ(count_after_a_crash(), "1");
  ASSERT_EQ(writer_->run("ROLLBACK TO here;" + add(7)), SQLITE_OK);
  EXPECT_EQ(writer_->one("SELECT count(*) FROM things"), "13");
  Database reader(file_, nullptr);
  EXPECT_EQ(reader.one("SELECT count(*) FROM things"), "1");
  // A page that is in the log already is changed there, and the frames behind it get other checksums.
  ASSERT_EQ(writer_->run("UPDATE things SET what = randomblob(3400) WHERE id < 5; COMMIT"), SQLITE_OK);
  EXPECT_EQ(reader.one("SELECT count(*) FROM things"), "13");
  EXPECT_EQ(count_after_a_crash(), "13");
}

TEST_F(StoreVfs, WhatWasRolledBackIsForgottenBeforeAnotherConnectionWrites) {
  Database other(file_, kCounted);
  ASSERT_EQ(writer_->run("PRAGMA cache_size=3"), SQLITE_OK);
  int kept = 1;
  for (int rows = 1; rows <= 20; rows += 3) {
    ASSERT_EQ(writer_->run("BEGIN;" + add(30) + "ROLLBACK"), SQLITE_OK);
    ASSERT_EQ(other.run("BEGIN;" + add(rows) + "COMMIT"), SQLITE_OK);
    ASSERT_EQ(writer_->run(add(1)), SQLITE_OK);
    kept += rows + 1;
    ASSERT_EQ(other.one("SELECT count(*) FROM things"), std::to_string(kept));
    ASSERT_EQ(count_after_a_crash(), std::to_string(kept));
  }
}

TEST_F(StoreVfs, AFullDiskIsToldByTheCommitAndTheNextOneWorks) {
  full = true;
  EXPECT_EQ(writer_->run("BEGIN;" + add(10) + "COMMIT"), SQLITE_FULL);
  writer_->run("ROLLBACK");
  EXPECT_EQ(writer_->one("SELECT count(*) FROM things"), "1");
  full = false;
  EXPECT_EQ(count_after_a_crash(), "1");
  ASSERT_EQ(writer_->run("BEGIN;" + add(10) + "COMMIT"), SQLITE_OK);
  EXPECT_EQ(count_after_a_crash(), "11");
}

TEST_F(StoreVfs, ADiskThatFillsInTheMiddleOfALargeTransactionEndsAllOfIt) {
  ASSERT_EQ(writer_->run("PRAGMA cache_size=3; BEGIN;" + add(20)), SQLITE_OK);
  full = true;
  EXPECT_EQ(writer_->run(add(100)), SQLITE_FULL);
  full = false;
  writer_->run("COMMIT");
  EXPECT_EQ(writer_->one("SELECT count(*) FROM things"), "1") << "also when somebody would commit the rest";
  ASSERT_EQ(writer_->run("BEGIN;" + add(10) + "COMMIT"), SQLITE_OK);
  EXPECT_EQ(count_after_a_crash(), "11");
}

TEST_F(StoreVfs, ALogThatEndsAnywhereInAWriteHoldsTheCommitsBeforeIt) {
  ASSERT_EQ(writer_->run("BEGIN;" + add(3) + "COMMIT"), SQLITE_OK);
  const auto before = fs::file_size(file_ + "-wal");
  ASSERT_EQ(writer_->run("BEGIN;" + add(6) + "COMMIT"), SQLITE_OK);
  const auto after = fs::file_size(file_ + "-wal");
  for (auto bytes = before; bytes < after; bytes += 997) EXPECT_EQ(count_after_a_crash(bytes), "4") << bytes;
  EXPECT_EQ(count_after_a_crash(after), "10");
}

TEST_F(StoreVfs, WhateverIsDoneTheDatabaseIsAsSQLitesOwnLayerWouldHaveIt) {
  std::mt19937 random(11);
  const auto pick = [&](unsigned most) { return static_cast<int>(random() % most); };
  Database other(file_, kCounted);
  Database plain(file_ + "-plain", nullptr);
  ASSERT_EQ(plain.run("CREATE TABLE things (id INTEGER PRIMARY KEY, what BLOB); INSERT INTO things VALUES (0, '')"), SQLITE_OK);
  for (Database* database : {writer_.get(), &other, &plain})
    ASSERT_EQ(database->run("PRAGMA cache_size=4; PRAGMA synchronous=OFF"), SQLITE_OK);
  const std::string digest =
      "SELECT group_concat(id || ':' || length(what) || ':' || substr(what, 1, 8)) FROM (SELECT * FROM things ORDER BY id)";
  for (int round = 0; round < 300; ++round) {
    std::string sql = "BEGIN;";
    for (int step = pick(8); step >= 0; --step) {
      const std::string id = std::to_string(pick(60)), size = std::to_string(1 + pick(9000));
      const std::string what = "replace(hex(zeroblob(" + size + ")), '00', '" + std::to_string(10 + pick(90)) + "')";
      switch (pick(6)) {
        case 0:
          sql += "DELETE FROM things WHERE id = " + id + ";";
          break;
        case 1:
          sql += "SAVEPOINT here; INSERT OR REPLACE INTO things VALUES (" + id + ", " + what + "); ROLLBACK TO here; RELEASE here;";
          break;
        default:
          sql += "INSERT OR REPLACE INTO things VALUES (" + id + ", " + what + ");";
      }
    }
    sql += pick(4) == 0 ? "ROLLBACK;" : "COMMIT;";
    if (pick(9) == 0) sql += "PRAGMA wal_checkpoint(RESTART);";
    Database& whose = pick(4) == 0 ? other : *writer_;
    ASSERT_EQ(whose.run(sql), SQLITE_OK) << sql;
    ASSERT_EQ(plain.run(sql), SQLITE_OK);
    ASSERT_EQ(other.all(digest), plain.all(digest)) << "round " << round;
  }
  EXPECT_EQ(other.one("PRAGMA integrity_check"), "ok");
}

}  // namespace
}  // namespace florin
