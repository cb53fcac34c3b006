// Threads for work that blocks (sockets, name look-ups), started when there is work and none is idle.
#pragma once

#include <functional>
#include <memory>
#include <thread>

namespace florin {

// A thread that takes no signals (they are the main thread's), in a process where writing to a closed
// socket is an error and not its end. Throws std::system_error when the system has no more threads.
std::thread start_io_thread(std::function<void()> body);

class IoThreads {
 public:
  explicit IoThreads(int most);
  ~IoThreads();  // stop()s.

  // Runs `work`, which must not throw, as soon as a thread is free. False: stopped, or the system gives
  // no thread and there is none yet; the work will not run.
  bool submit(std::function<void()> work);
  // Lets what runs and what is queued end, then joins.
  void stop();
  int started() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace florin
