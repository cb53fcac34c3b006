// A load that comes by the clock, whether answers come or not (or, at rate 0, a closed loop: the next request when
// the one before is answered), over keep-alive connections, one request at a time on each. A request's time counts
// from when it was due, so that one which had to wait for a free connection is not made to look fast.
//
// It shares a small machine with what it measures, so that it does many requests at a time: every tenth of a
// millisecond it sends all that is due and reads all that has come. It does not sleep on its sockets, where each
// answer would have to wake it, at the cost of the one who sends it. Times are therefore up to 0.1 ms too long.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/load/latencies.hpp"
#include "tests/load/request_text.hpp"

namespace florin::load {

struct Options {
  std::uint16_t port = 0;
  std::int64_t rate = 100, seconds = 1, connections = 64;
  std::int64_t patience = 15;  // Seconds that answers may take after the last request.
  // Amounts rise from the first on and begin again, below those by which the test provider is told to refuse
  // (90005 and more).
  std::int64_t first_amount = 1000;  // For the test provider at most 10,000.
  std::string key, body, path = "/api/v1/payments";
};

struct Seen {
  std::map<int, Latencies> answers;  // By status.
  Latencies late;                    // How long after they were due requests were sent.
  std::int64_t sent = 0, answered = 0;
  std::int64_t told_when = 0;        // Answers 429 or 503 with Retry-After.
  std::int64_t broken = 0;           // Connections that ended under a request.
  std::int64_t no_connection = 0;    // Times that something was due and every connection waited for its answer.
  std::int64_t cpu_us = 0;           // What the generator itself used while it sent.
  std::int64_t stood_us = 0;         // The longest time from one of its rounds to the next: it had no processor.
};

class OpenLoop {
 public:
  explicit OpenLoop(Options options);
  Seen run();

 private:
  struct Connection {
    int fd = -1;
    bool busy = false;
    std::int64_t due = 0;
    std::string came;  // Of an answer that came in pieces.
  };

  void dial(Connection& connection) const;
  std::int64_t due_at(std::int64_t now) const;
  void send_due(std::int64_t now);
  void send(std::int64_t due, std::int64_t now);
  void round(std::int64_t began);
  void read(Connection& connection);
  bool take(Connection& connection, std::string_view answer);
  void lost(Connection& connection);
  void rest(Connection& connection);

  const Options options_;
  const int epoll_;
  std::vector<Connection> connections_;
  std::deque<Connection*> idle_;
  RequestText text_;
  std::int64_t began_ = 0;  // Times are nanoseconds of the monotonic clock.
  Seen seen_;
};

}  // namespace florin::load
