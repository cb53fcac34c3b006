// Reads on connections of their own: a few threads, each with one, and a bounded queue before them.
// Internal to the store.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <florin/result.hpp>

#include "kernel/platform/executor/executor.hpp"
#include "kernel/platform/store/connection.hpp"

namespace florin::store {

class Readers {
 public:
  // A query on its way; lives in the frame of the coroutine that waits for it.
  struct Waiting {
    std::function<void(Session&)>& query;
    Completion<Result<Done>>& told;
  };

  // Each of `connections` gets a thread; a lost one is made again by the connector.
  Readers(Connector& connector, std::vector<std::unique_ptr<Connection>> connections);
  ~Readers();  // Answers what is queued, then closes one connection after the other.
  // False: too many wait already, or the readers are stopping; then `waiting` is not kept.
  bool push(Waiting& waiting);

 private:
  void work(std::unique_ptr<Connection>& connection);
  std::optional<EngineFault> answer(std::unique_ptr<Connection>& connection, bool idled, Waiting& waiting);
  void read(Connection& connection, Waiting& waiting);

  Connector& connector_;
  std::vector<std::unique_ptr<Connection>> connections_;  // Each its own thread's; null between losing one and having the next.
  std::mutex mutex_;
  std::condition_variable something_;
  std::deque<Waiting*> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // Last: they use all of the above.
};

}  // namespace florin::store
