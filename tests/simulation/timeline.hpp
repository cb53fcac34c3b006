// The simulation's time: everything that happens is an event on one line, run by one thread in the order of
// its moments. Whoever waits is woken after a delay that the seed draws, so the seed decides who goes first.
// What happens is noted, and the notes' digest is what two runs of one seed must share.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include <florin/time.hpp>

namespace florin::simulation {

// A repeatable source of draws (splitmix64), cheap enough for every step.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::int64_t below(std::int64_t bound) { return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound)); }
  std::int64_t between(std::int64_t least, std::int64_t most) { return least + below(most - least + 1); }
  bool chance(std::int64_t per_mille) { return per_mille > 0 && below(1000) < per_mille; }
  Duration pause(Duration least, Duration most) { return Duration(between(least.count(), most.count())); }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[static_cast<std::size_t>(below(static_cast<std::int64_t>(from.size())))];
  }

 private:
  std::uint64_t state_;
};

class Timeline {
 public:
  // `tells`: every note is printed too.
  Timeline(std::uint64_t seed, bool tells) : dice(seed), tells_(tells) {}

  Duration now() const { return now_; }
  void in(Duration pause, std::function<void()> what);
  // Before everything else that waits.
  void next(std::function<void()> what) { urgent_.push_back(std::move(what)); }
  // Runs the next event. False: nothing will ever happen again.
  bool step();
  std::int64_t steps() const { return steps_; }

  void note(std::string_view what, std::string_view about = {});
  std::uint64_t digest() const { return digest_; }

  Dice dice;  // For order, delays and faults.
  // Pauses shorter than this are stretched to it: a machine may always be slower than asked for, and a quiet
  // week is then a few thousand steps. Zero: as asked.
  Duration stretch{0};

 private:
  struct Event {
    Duration when;
    std::int64_t number;
    std::function<void()> what;
    bool operator<(const Event& other) const {
      return when != other.when ? when > other.when : number > other.number;
    }
  };
  Duration now_{0};
  std::int64_t number_ = 0, steps_ = 0;
  std::priority_queue<Event> events_;
  std::deque<std::function<void()>> urgent_;
  std::uint64_t digest_ = 14695981039346656037u;
  const bool tells_;
};

}  // namespace florin::simulation
