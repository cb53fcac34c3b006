// What a store leaves behind on SQLite when it is closed: the database, with the log in it. SQLite has the connection that
// closes last write the log back; of two that close in the same moment each takes the other for the last.
#include <sqlite3.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>

#include <gtest/gtest.h>

#include "kernel/platform/store/open.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

// The close of a log is held up for a second closing to come, which is the moment that a busy machine hits now and then.
std::mutex mutex;
std::condition_variable another;
int under_way = 0, at_once = 0;

int held_up_close(int descriptor) {
  const auto name = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor)).string();
  if (name.ends_with("-wal")) {
    std::unique_lock lock(mutex);
    at_once = std::max(at_once, ++under_way);
    another.notify_all();
    another.wait_for(lock, 100ms, [] { return at_once > 1; });
    --under_way;
  }
  return ::close(descriptor);
}

class HeldUp {
 public:
  HeldUp() { layer_.xSetSystemCall(&layer_, "close", reinterpret_cast<sqlite3_syscall_ptr>(held_up_close)); }
  ~HeldUp() { layer_.xSetSystemCall(&layer_, "close", nullptr); }
  HeldUp(const HeldUp&) = delete;
  HeldUp& operator=(const HeldUp&) = delete;

 private:
  sqlite3_vfs& layer_ = *sqlite3_vfs_find("unix");
};

TEST(StoreClosing, ConnectionsCloseOneAfterTheOtherAndTheLogIsWrittenBack) {
  const test::TemporaryDirectory directory;
  ThreadExecutor executor(1);
  StoreOptions options;
  options.url = "sqlite:" + directory.path() + "/florin.db";
  options.executor = &executor;
  auto store = open_store(options);
  ASSERT_TRUE(store) << store.error().message;
  ASSERT_TRUE(std::filesystem::exists(directory.path() + "/florin.db-wal"));

  const HeldUp held_up;
  store->reset();

  EXPECT_EQ(at_once, 1);
  EXPECT_FALSE(std::filesystem::exists(directory.path() + "/florin.db-wal"));
}

}  // namespace
}  // namespace florin
