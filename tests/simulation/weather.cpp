// Strengths are per mille of the occasions.
#include "tests/simulation/weather.hpp"

namespace florin::simulation {

using namespace std::chrono_literals;

std::string_view to_text(Fate fate) {
  constexpr std::array<std::string_view, kFates> kNames = {
      "carried",     "refused",          "lost",    "503",       "answer lost", "broken",
      "503 after",   "garbage",          "truncated", "empty",   "slow"};
  return kNames[static_cast<std::size_t>(fate)];
}

Weather::Weather(Timeline& timeline) : timeline_(timeline) {
  Dice& dice = timeline.dice;
  const auto strength = [&dice](std::int64_t on, std::int64_t most) -> std::int64_t {
    return dice.chance(on) ? dice.between(1, most) : 0;
  };
  for (std::size_t fate = 1; fate < kFates; ++fate) fates_[fate] = strength(350, 80);
  client_loss_ = strength(500, 150);
  webhook_loss_ = strength(500, 500);
  webhook_oblivion_ = strength(500, 500);
  webhook_doubling_ = strength(500, 400);
  webhook_tardiness_ = strength(500, 500);
  receiver_ = strength(400, 60);
  disk_ = strength(150, 10);
  slow_disk_ = strength(300, 100);
  crash_ = strength(600, 15);
  outages_ = strength(400, 30);
}

void Weather::clear() {
  clear_ = true;
  away_until_.clear();
}

bool Weather::is_away(const std::string& whom, std::int64_t per_mille, Duration least, Duration most) {
  if (clear_) return false;
  Duration& until = away_until_[whom];
  if (timeline_.now() < until) return true;
  if (!chance(per_mille)) return false;
  until = timeline_.now() + timeline_.dice.pause(least, most);
  return true;
}

Fate Weather::fate_of(const std::string& account) {
  const bool was_away = timeline_.now() < away_until_[account];
  if (is_away(account, outages_, 1s, 40s)) {
    if (!was_away) outage_[account] = timeline_.dice.pick(std::vector<Fate>{Fate::kRefused, Fate::kLost, Fate::kUnavailable});
    return outage_[account];
  }
  for (std::size_t fate = 1; fate < kFates; ++fate)
    if (chance(fates_[fate])) return static_cast<Fate>(fate);
  return Fate::kCarried;
}

Duration Weather::webhook_delay() {
  if (chance(webhook_tardiness_)) return timeline_.dice.pause(1s, 90s);
  return timeline_.dice.pause(1ms, 800ms);
}

bool Weather::receiver_fails() { return is_away("receiver", receiver_, 100ms, 60s); }

bool Weather::disk_is_full() { return is_away("disk", disk_, 50ms, 4s); }

Duration Weather::commit_takes() {
  if (chance(slow_disk_)) return timeline_.dice.pause(5ms, 400ms);
  return timeline_.dice.pause(50us, 1500us);
}

Duration Weather::tell_takes() { return timeline_.dice.pause(0us, 300us); }

Duration Weather::down_for() {
  return timeline_.dice.chance(800) ? timeline_.dice.pause(5ms, 900ms) : timeline_.dice.pause(1s, 30s);
}

}  // namespace florin::simulation
