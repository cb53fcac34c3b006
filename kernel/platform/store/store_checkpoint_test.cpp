// What the thread beside SQLite's writer does with the log: its pages are in the database file afterwards.
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "kernel/platform/store/sqlite_checkpoint.hpp"
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

}  // namespace
}  // namespace florin
