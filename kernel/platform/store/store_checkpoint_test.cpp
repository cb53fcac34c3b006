// What the thread beside SQLite's writer does with the log: its pages are in the database file afterwards, as early
// each time.
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "kernel/platform/store/sqlite_checkpoint.hpp"
#include "kernel/platform/store/sqlite_vfs.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

TEST(StoreCheckpoint, APassWritesTheLogIntoTheDatabaseFile) {
  const test::TemporaryDirectory folder;
  const std::string file = folder.path() + "/florin.db";
  soci::session writer(soci::sqlite3, "db=" + file);
  writer << "PRAGMA journal_mode=WAL";
  writer << "PRAGMA wal_autocheckpoint=0";
  writer << "CREATE TABLE pages (content TEXT)";
  for (int row = 0; row < 100; ++row) writer << "INSERT INTO pages VALUES (hex(zeroblob(5000)))";
  const auto before = std::filesystem::file_size(file);
  ASSERT_LT(before, 10'000u) << "the log was written back too early for this test";

  store::Checkpointer beside(file);
  beside.start_pass();
  while (!beside.take_finished()) std::this_thread::sleep_for(1ms);

  EXPECT_GT(std::filesystem::file_size(file), 1'000'000u);
}

class StoreWriteBack : public test::StoreTest {
 protected:
  // So many pages of the log in one commit.
  void log_pages(int pages) {
    auto unit = [bytes = pages * 4000](Session& session) -> Result<Done> {
      session.execute("INSERT INTO notes (body) VALUES (zeroblob(:bytes))", bytes);
      return Done();
    };
    ASSERT_TRUE(write(unit));
  }
  void write_all_of_it_back() {
    sqlite_api::sqlite3* beside = nullptr;
    ASSERT_EQ(sqlite_api::sqlite3_open_v2(database().file().c_str(), &beside, SQLITE_OPEN_READWRITE, store::sqlite_vfs()), SQLITE_OK);
    ASSERT_EQ(sqlite_api::sqlite3_exec(beside, "SELECT 1 FROM sqlite_master", nullptr, nullptr, nullptr), SQLITE_OK);
    int logged = 1, written = 0;
    while (written != logged)  // The store's own pass may be in the way.
      if (sqlite_api::sqlite3_wal_checkpoint_v2(beside, nullptr, SQLITE_CHECKPOINT_PASSIVE, &logged, &written) != SQLITE_OK) written = logged - 1;
    sqlite_api::sqlite3_close(beside);
  }
  // Without a commit that the writer could be told by.
  bool file_grows_to(std::uintmax_t bytes) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (std::filesystem::file_size(database().file()) < bytes) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }
};

// When all of it is in the database, SQLite's next commit begins the log anew without a word.
TEST_P(StoreWriteBack, ALogThatHasBegunAnewIsWrittenBackAsEarlyAsTheOneBefore) {
  use_migrations([](Engine) { return std::vector{make_migration(1, "test", "notes", "CREATE TABLE notes (body BLOB NOT NULL)")}; });
  constexpr int kCommits = 9, kPages = 1000;
  for (int commit = 0; commit < kCommits; ++commit) log_pages(kPages);
  write_all_of_it_back();
  for (int commit = 0; commit < kCommits; ++commit) log_pages(kPages);
  EXPECT_TRUE(file_grows_to(std::uintmax_t{4000} * kPages * (2 * kCommits - 1)));
}

INSTANTIATE_TEST_SUITE_P(On, StoreWriteBack, testing::Values(Engine::kSqlite), test::engine_name);

}  // namespace
}  // namespace florin
