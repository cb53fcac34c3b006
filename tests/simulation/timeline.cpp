// One queue by time; notes are digested by FNV-1a.
#include "tests/simulation/timeline.hpp"

#include <cstdio>

namespace florin::simulation {

std::uint64_t Dice::next() {
  std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
  return mixed ^ mixed >> 31;
}

void Timeline::in(Duration pause, std::function<void()> what) {
  events_.push(Event{now_ + pause, number_++, std::move(what)});
}

bool Timeline::step() {
  ++steps_;
  if (!urgent_.empty()) {
    const std::function<void()> what = std::move(urgent_.front());
    urgent_.pop_front();
    what();
    return true;
  }
  if (events_.empty()) return false;
  // The queue gives only const access to what is about to leave it.
  const std::function<void()> what = std::move(const_cast<Event&>(events_.top()).what);
  now_ = events_.top().when;
  events_.pop();
  what();
  return true;
}

void Timeline::note(std::string_view what, std::string_view about) {
  const auto digest = [this](std::string_view text) {
    for (const char c : text) digest_ = (digest_ ^ static_cast<unsigned char>(c)) * 1099511628211u;
    digest_ = (digest_ ^ 0xFF) * 1099511628211u;
  };
  digest(std::to_string(now_.count()));
  digest(what);
  digest(about);
  if (tells_)
    std::printf("%12.6f  %.*s  %.*s\n", std::chrono::duration<double>(now_).count(), static_cast<int>(what.size()), what.data(),
                static_cast<int>(about.size()), about.data());
}

}  // namespace florin::simulation
