// The thread that keeps deadlines: it expires each job at its time, whatever the job's thread is stuck in.
#pragma once

#include <cstdint>
#include <memory>

#include "kernel/platform/io/io_job.hpp"

namespace florin {

class Watchdog {
 public:
  Watchdog();
  ~Watchdog();  // stop()s.

  // Forgets the job when it goes. It must not outlive the watchdog.
  class Watch {
   public:
    Watch(Watchdog& watchdog, Expiring::Time deadline, std::uint64_t id)
        : watchdog_(watchdog), deadline_(deadline), id_(id) {}
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();

   private:
    Watchdog& watchdog_;
    const Expiring::Time deadline_;
    const std::uint64_t id_;
  };
  std::unique_ptr<Watch> watch(std::shared_ptr<Expiring> job);

  // Expires all that is watched, and whatever comes later at once.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace florin
