// What the store does when the disk under SQLite fails to make a commit durable. SQLite's own file layer
// is played: a copy of it whose sync fails when told to.
#include <sqlite3.h>

#include <atomic>
#include <cstdio>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "kernel/platform/store/open.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

sqlite3_vfs* real = nullptr;
// A log has other methods than a database; each is copied once, and all sync in the same way.
std::map<const sqlite3_io_methods*, sqlite3_io_methods> played_methods;
int (*real_sync)(sqlite3_file*, int) = nullptr;
std::atomic<bool> sync_fails{false};

int failing_sync(sqlite3_file* file, int flags) {
  return sync_fails ? SQLITE_IOERR_FSYNC : real_sync(file, flags);
}

int open_watched(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  const int code = real->xOpen(real, name, file, flags, out_flags);
  if (code == SQLITE_OK && file->pMethods != nullptr) {
    sqlite3_io_methods& methods = played_methods.try_emplace(file->pMethods, *file->pMethods).first->second;
    if (real_sync == nullptr) real_sync = methods.xSync;
    methods.xSync = failing_sync;
    file->pMethods = &methods;
  }
  return code;
}

void play_the_disk() {
  static sqlite3_vfs played;
  real = sqlite3_vfs_find(nullptr);
  played = *real;
  played.zName = "played";
  played.xOpen = open_watched;
  sqlite3_vfs_register(&played, 1);
}

void commit_on_a_failing_disk() {
  play_the_disk();
  const test::TemporaryDirectory directory;
  ThreadExecutor executor(1);
  StoreOptions options;
  options.url = "sqlite:" + directory.path() + "/florin.db";
  options.executor = &executor;
  const auto store = open_store(options);
  if (!store) {
    std::fputs(store.error().message.c_str(), stderr);
    return;
  }
  sync_fails = true;
  const auto unit = [](Session& session) -> Result<Done> {
    session.execute("CREATE TABLE things (id TEXT)");
    return Done{};
  };
  const auto written = (*store)->write(unit).run();
  // To be told anything at all would be a guess, so nobody gets as far as this.
  std::fputs(written ? "told of success" : "told of failure", stderr);
}

TEST(StoreDiskDeathTest, AFailedSyncEndsTheProcessBecauseWhatIsDurableIsUnknown) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(commit_on_a_failing_disk(), "what is durable is unknown");
}

}  // namespace
}  // namespace florin
