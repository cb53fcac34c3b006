// Whether a request may begin, by how long it would take: what cannot be done soon is turned away before anything was
// done for it, so that what is done is done in time; the caller may come again. A request that waits for somebody else (a
// provider) waits for nothing of ours and counts not.
//
// Who comes begins at once where not many more are under way than lately, and stands in line otherwise, so that a crowd
// that comes all at once is served as well as one that was always there. When more wait than may, more comes than can be
// done, and a line would only make everybody wait: then nobody stands in line, as many are under way as this machine
// does in kTime (as fast as it goes now, whatever the machine and the database), and who cannot begin at once is turned
// away, until nobody had to be for kCalm. Those in line then are turned away too, and of them nothing was begun.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include <florin/time.hpp>

#include "kernel/platform/edge/edge.hpp"
#include "kernel/platform/metrics/metrics.hpp"

namespace florin {

// Shared by all loops and workers.
class Admission {
 public:
  // In what time all that is under way is to be done, in an overload.
  static constexpr Duration kTime = std::chrono::milliseconds(16);
  // So many may always be under way: a database far away takes as long for many as for one.
  static constexpr std::int64_t kLeast = 64;
  // What "lately" and "now" are: over so long it is counted how many were under way, and were done.
  static constexpr Duration kCount = std::chrono::milliseconds(50);
  // How long nobody may have been turned away for the overload to be over.
  static constexpr Duration kCalm = std::chrono::milliseconds(50);

  // Who asks to be let in. One of the two is called, once, by whichever thread finds that it is time, and none throws.
  class Caller {
   public:
    virtual ~Caller() = default;
    // True is followed by begun(), on a worker, and done(). False: there was no memory for that, and it has ended.
    virtual bool begin() = 0;
    virtual void turn_away() = 0;
  };

  // `most`: how many may wait, 0: any number. `backlog`: how many of those that were begun() wait for this machine; may
  // be empty.
  Admission(std::int64_t most, std::function<std::int64_t()> backlog);

  // Lets `caller` begin now or later, or turns it away. `now` is monotonic.
  void ask(std::unique_ptr<Caller> caller, Urgency urgency, Duration now);
  // Whether ask() would turn it away, and counts it as that: for who is then not even asked about.
  bool turns_away(Urgency urgency, Duration now);
  // A worker has taken it: what it waits for from now on is in the backlog.
  void begun(Duration now);
  void done(Duration now);
  // Lets begin those in line who may by now, and ends an overload. Called every so often while there is either: nobody
  // else may come, and what is under way may have gone to wait for somebody else.
  void advance(Duration now);
  // Lets go of those in line without a word, and of whoever asks from now on.
  void close();

  // A loop hears more from its sockets than it gets done, or no longer. Nobody begins meanwhile: those who wait in
  // sockets for a word, were it a refusal, wait for a processor.
  void loop_is_behind(bool is) { behind_.fetch_add(is ? 1 : -1, std::memory_order_relaxed); }

  // More comes than can be done.
  bool overloaded() const { return overloaded_.load(std::memory_order_relaxed); }
  bool has_line() const { return in_line_.load(std::memory_order_relaxed) != 0; }
  std::int64_t shed() const { return shed_.load(std::memory_order_relaxed); }

 private:
  bool may_begin(Urgency urgency) const;
  std::int64_t under_way() const;
  void begin(Caller& caller);
  void count(Duration now);
  void overload(std::int64_t waiting, Duration now);
  void say(std::int64_t waiting, Duration now);

  const std::int64_t most_;
  const std::function<std::int64_t()> backlog_;
  const Counter counter_;
  std::mutex mutex_;
  std::deque<std::unique_ptr<Caller>> line_;
  std::atomic<std::int64_t> in_line_{0};
  bool closed_ = false;
  std::atomic<std::int64_t> room_;  // How many may be under way.
  std::atomic<std::int64_t> unbegun_{0}, shed_{0};
  std::atomic<std::int64_t> most_under_way_{0}, done_{0};  // Since room_ was found.
  std::atomic<int> behind_{0};  // Loops.
  std::atomic<bool> overloaded_{false};
  std::atomic<Duration::rep> counted_at_{0};  // When room_ was found.
  std::atomic<Duration::rep> shed_at_{0};     // When somebody was turned away, last.
  std::atomic<Duration::rep> said_at_{0};     // When the log was told, last.
};

}  // namespace florin
