// Writes SQLite's log back into the database beside the writer: thousands of pages and two fsyncs that
// commits would else wait for. Internal to the store.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace sqlite_api {
struct sqlite3;
}

namespace florin::store {

class Checkpointer {
 public:
  // On a connection of its own, opened by the thread.
  explicit Checkpointer(std::string file);
  ~Checkpointer();  // Lets a pass that runs come to its end.
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // Starts a pass over what is in the log now, unless one runs.
  void start_pass();
  // True once after each pass: what was logged meanwhile is all that is left, and short.
  bool take_finished();

 private:
  void work();
  void pass(sqlite_api::sqlite3* database);

  const std::string file_;
  std::mutex mutex_;
  std::condition_variable something_;
  bool wanted_ = false, finished_ = false, stopping_ = false;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace florin::store
