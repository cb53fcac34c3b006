// One event loop: a thread, an epoll and the connections that live on it. Others reach it through its
// inbox, which wakes it only when it sleeps.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <queue>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "kernel/platform/edge/edge_core.hpp"

namespace florin {

class Connection;

// What epoll reports to.
class Watched {
 public:
  virtual ~Watched() = default;
  virtual void ready(std::uint32_t events) = 0;
  // There was no memory for what was ready: what it is about ends, and the others go on.
  virtual void out_of_memory() = 0;
};

// A message to a loop, from any thread.
struct LoopMessage {
  enum class Kind { kAdopt, kAnswer, kFlush, kMakeRoom, kDrain, kStop };
  Kind kind = Kind::kFlush;
  std::shared_ptr<Connection> connection;  // kAnswer, kFlush
  int fd = -1;                             // kAdopt
  std::string text;                        // kAdopt: the address; kAnswer: the answer's bytes
  std::uint64_t sequence = 0;              // kAnswer: of the request on its connection; kMakeRoom: how many
  bool close = false;                      // kAnswer: nothing may follow
};

// Outlives its loop in the hands of requests and peers; what is pushed after the end is let go of.
class LoopInbox {
 public:
  LoopInbox();
  ~LoopInbox();
  void push(LoopMessage message);

 private:
  friend class Loop;
  // Takes all there is; when that is nothing, `sleeping` says that push() must wake the loop.
  std::vector<LoopMessage> take(bool sleeping);
  std::vector<LoopMessage> shut();

  const int event_fd_;
  std::mutex mutex_;
  std::vector<LoopMessage> messages_;
  bool sleeping_ = false;
  bool shut_ = false;
};

class Loop {
 public:
  explicit Loop(std::shared_ptr<EdgeCore> core);
  ~Loop();  // Stops: closes every connection at once.
  void start();

  const std::shared_ptr<LoopInbox>& inbox() const { return inbox_; }
  EdgeCore& core() { return *core_; }
  const std::shared_ptr<EdgeCore>& shared_core() const { return core_; }

  // The rest on the loop's own thread, or before start().
  Duration now() const { return now_; }
  bool watch(int fd, std::uint32_t events, Watched* watched);
  void unwatch(int fd);
  // Looks at `connection` again once what is under way is done with, before waiting.
  void again(const std::shared_ptr<Connection>& connection);
  // Calls connection.expire_if_due(when) at `when` or soon after.
  void wake_at(const std::shared_ptr<Connection>& connection, Duration when);
  void forget(Connection& connection);
  // EdgeOptions::urgency. That of the last route is remembered: in a flood all are for the same one.
  Urgency urgency(std::string_view method, std::string_view path);
  // One buffer for all reading: a connection that waits holds none.
  std::string& scratch() { return scratch_; }

 private:
  struct Alarm {
    Duration when;
    std::weak_ptr<Connection> connection;
    bool operator>(const Alarm& other) const { return when > other.when; }
  };
  void run();
  bool handle(std::vector<LoopMessage> messages);  // False: stop.
  bool handle_one(LoopMessage& message);
  void adopt(int fd, const std::string& address);
  void make_room(std::size_t count);
  void breathe();
  void ring();
  int pause_ms() const;

  const std::shared_ptr<EdgeCore> core_;
  const std::shared_ptr<LoopInbox> inbox_;
  const int epoll_;
  std::string scratch_;
  std::string last_method_, last_path_;
  Urgency last_urgency_ = Urgency::kOrdinary;
  Duration now_{0};
  bool behind_ = false;  // Sockets have more to say than was heard in a turn.
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> again_;
  std::vector<std::shared_ptr<Connection>> gone_;  // Kept until no event can name them any more.
  std::priority_queue<Alarm, std::vector<Alarm>, std::greater<>> alarms_;
  std::thread thread_;
};

}  // namespace florin
