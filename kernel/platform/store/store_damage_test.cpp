// Flipped bytes in SQLite's files: what was confirmed is there as it was, or the damage is named. Never another answer.
#include <sqlite3.h>

#include <filesystem>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/platform/store/integrity.hpp"
#include "kernel/platform/store/sqlite_vfs.hpp"
#include "tests/support/store_files.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;
using test::flipped;
using test::read_file;
using test::write_file;
using testing::HasSubstr;

constexpr std::size_t kPage = 4096, kLogHeader = 32, kFrame = 24 + kPage;
constexpr int kUnits = 20;

std::vector<Migration> things(Engine) {
  return {make_migration(1, "test", "things", "CREATE TABLE things (id INTEGER PRIMARY KEY, what TEXT);\n")};
}

// What a killed process leaves behind: a database, its log with every commit so far, and the log's index.
class StoreDamage : public test::StoreFiles {
 protected:
  StoreDamage() : StoreFiles(things) {
    const auto store = open_store(options());
    EXPECT_TRUE(store) << store.error().message;
    for (int number = 0; number < kUnits; ++number) EXPECT_TRUE(add(**store, number));
    keep_files();
  }

  static bool add(Store& store, int number) {
    const std::string what = std::string(200, 'x') + std::to_string(number);
    const auto unit = [&](Session& session) -> Result<Done> {
      session.execute("insert into things (id, what) values (:id, :what)", number, what);
      return Done{};
    };
    return store.write(unit).run().has_value();
  }
  static Result<std::string> read_all(Store& store) {
    const auto query = [](Session& session) -> Result<std::string> {
      std::string all;
      for (const auto& [what] : session.all<std::tuple<std::string>>("select what from things order by id")) all += what;
      return all;
    };
    return store.read(query).run();
  }
  void keep_files() {
    database_ = read_file(file_);
    log_ = read_file(file_ + "-wal");
    index_ = read_file(file_ + "-shm");
  }
  // As after a restart on these files: all that is there, or why it cannot be told.
  Result<std::string> restart_on(const std::string& database, const std::string& log, const std::string& index) {
    write_file(file_, database);
    write_file(file_ + "-wal", log);
    write_file(file_ + "-shm", index);
    if (index.empty()) fs::remove(file_ + "-shm");
    const auto store = open_store(options());
    if (!store) return store.error();
    return read_all(**store);
  }
  std::string everything() { return *restart_on(database_, log_, index_); }

  // True: the damage was named, with the file and what to do.
  static bool is_named(const Result<std::string>& found) {
    if (found) return false;
    EXPECT_EQ(found.error().code, "storage_damaged") << found.error().message;
    EXPECT_THAT(found.error().message, HasSubstr("florin.db"));
    EXPECT_THAT(found.error().message, HasSubstr("backup"));
    return true;
  }

  std::string database_, log_, index_;
  std::mt19937 random_{7};
};

TEST_F(StoreDamage, FilesOfAKilledProcessHoldAllThatWasConfirmed) {
  EXPECT_GT(log_.size(), kLogHeader + kUnits * kFrame);
  EXPECT_THAT(everything(), testing::EndsWith("x19"));
  EXPECT_EQ(*restart_on(database_, log_, ""), everything());
}

TEST_F(StoreDamage, FlippedByteAnywhereInTheLogIsNamedOrHarmless) {
  const std::string all = everything();
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < kLogHeader + 24; ++at) places.push_back(at);
  for (std::size_t at = log_.size() - kFrame; at < log_.size() - kPage; ++at) places.push_back(at);
  for (int times = 0; times < 150; ++times) places.push_back(random_() % log_.size());
  int named = 0;
  for (const std::size_t at : places) {
    const auto found = restart_on(database_, flipped(log_, at, 1U << random_() % 8), index_);
    if (is_named(found))
      ++named;
    else
      ASSERT_EQ(*found, all) << "byte " << at << " of the log changed what is told";
  }
  EXPECT_GT(named, 150);
}

TEST_F(StoreDamage, WithoutTheLogsIndexAllButTheLastFrameIsStillWatched) {
  const std::string all = everything();
  for (int times = 0; times < 150; ++times) {
    const std::size_t at = times < 32 ? static_cast<std::size_t>(times) : random_() % (log_.size() - kFrame);
    const auto found = restart_on(database_, flipped(log_, at, 1U << random_() % 8), "");
    if (!is_named(found)) {
      ASSERT_EQ(*found, all) << "byte " << at << " of the log changed what is told";
    }
  }
}

TEST_F(StoreDamage, EndOfALogThatWasNeverConfirmedIsDroppedAsAlways) {
  const std::string all = everything();
  // A write that a crash cut off, and the start of a transaction that was rolled back: this log's salt, no commit.
  EXPECT_EQ(*restart_on(database_, log_ + log_.substr(kLogHeader, kFrame / 2), index_), all);
  std::string began = log_.substr(kLogHeader, kFrame);
  for (std::size_t at = 4; at < 8; ++at) began[at] = 0;
  EXPECT_EQ(*restart_on(database_, log_ + began + began, index_), all);
}

TEST_F(StoreDamage, LogThatIsCutOffIsNamedByItsIndex) {
  EXPECT_TRUE(is_named(restart_on(database_, log_.substr(0, log_.size() - 100), index_)));
}

TEST_F(StoreDamage, HeaderTornWhileTheLogBeganAnewIsNoDamage) {
  const std::string all = everything();
  sqlite3* database = nullptr;
  const auto open_database = [&] { return sqlite3_open_v2(file_.c_str(), &database, SQLITE_OPEN_READWRITE, store::sqlite_vfs()); };
  ASSERT_EQ(open_database(), SQLITE_OK);
  EXPECT_EQ(*restart_on(database_, log_, index_), all);
  write_file(file_, database_);
  write_file(file_ + "-wal", log_);
  sqlite3_close(database);
  ASSERT_EQ(open_database(), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "pragma wal_checkpoint(passive)", nullptr, nullptr, nullptr), SQLITE_OK);
  keep_files();
  sqlite3_close(database);
  EXPECT_EQ(*restart_on(database_, flipped(log_, 13, 1), ""), all) << "all of it is in the database";
}

TEST_F(StoreDamage, ReaderOfADamagedLogIsToldTheSame) {
  write_file(file_, database_);
  write_file(file_ + "-wal", flipped(log_, kLogHeader + 500, 4));
  write_file(file_ + "-shm", index_);
  const auto store = open_store_read_only(options());
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, "storage_damaged");
  EXPECT_THAT(store.error().message, HasSubstr("frame 1 of"));
}

TEST_F(StoreDamage, FileThatIsNoDatabaseIsNamed) {
  everything();  // Closed cleanly: the log is gone.
  fs::remove(file_ + "-wal");
  EXPECT_TRUE(is_named(restart_on(flipped(read_file(file_), 3, 1), "", "")));
}

TEST_F(StoreDamage, PageThatMakesNoSenseStopsTheStoreAndNothingElseIsRead) {
  everything();
  std::string damaged = read_file(file_);
  ASSERT_GT(damaged.size(), 3 * kPage);
  // Every page of the table, but not the schema on the first.
  for (std::size_t at = kPage; at < damaged.size(); at += kPage) damaged.replace(at, 12, std::string(12, '\x7f'));
  write_file(file_, damaged);
  StoreOptions unmigrated = options();
  const MigrationList none = [](Engine) { return std::vector<Migration>(); };
  unmigrated.migrations = &none;
  const auto store = open_store(unmigrated);
  if (!store) {
    EXPECT_EQ(store.error().code, "storage_damaged");
    return;
  }
  EXPECT_TRUE(is_named(read_all(**store)));
  const auto unit = [](Session&) -> Result<Done> { return Done{}; };
  const auto written = (*store)->write(unit).run();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "storage_damaged") << "not even by a unit that would not meet it";
}

TEST_F(StoreDamage, IntegrityCheckNamesAPageWhoseHeaderIsFlipped) {
  everything();
  const std::string whole = read_file(file_);
  ASSERT_GT(whole.size(), 2 * kPage);
  const auto query = [](Session& session) -> Result<std::vector<std::string>> { return integrity_faults(session); };
  for (const std::size_t at : {kPage, kPage + 4, kPage + 5, kPage + 9}) {
    write_file(file_, flipped(whole, at, 2));
    const auto store = open_store_read_only(options());
    const auto found = store ? (*store)->read(query).run() : Result<std::vector<std::string>>(store.error());
    EXPECT_TRUE(!found || !found->empty()) << "byte " << at << " of the database";
  }
  write_file(file_, whole);
  const auto store = open_store_read_only(options());
  EXPECT_TRUE((*store)->read(query).run()->empty());
}

}  // namespace
}  // namespace florin
