// What may go wrong, and how often: drawn once from the seed (each fault is on in some runs and off in
// others, so that each is also seen alone), asked at every turn, and over when the safety phase ends.
#pragma once

#include <array>
#include <map>
#include <string>

#include <florin/time.hpp>

#include "tests/simulation/timeline.hpp"

namespace florin::simulation {

// What becomes of one request on its way to a provider and of its answer.
enum class Fate {
  kCarried,
  kRefused,            // No connection: nothing left us.
  kLost,               // Never arrives.
  kUnavailable,        // 503, without acting.
  kAnswerLost,         // Acts; silence.
  kBroken,             // Acts; the connection breaks.
  kUnavailableAfter,   // Acts; 503.
  kGarbage,            // Acts; bytes that are no document.
  kTruncated,          // Acts; half of the body.
  kEmpty,              // Acts; no body.
  kSlow,               // Acts; the answer takes longer than anyone waits, or nearly.
};
constexpr std::size_t kFates = 11;
std::string_view to_text(Fate fate);

class Weather {
 public:
  explicit Weather(Timeline& timeline);

  // Every fault ends now, for good.
  void clear();
  bool is_clear() const { return clear_; }

  Fate fate_of(const std::string& account);
  bool request_lost() { return chance(client_loss_); }  // Between a merchant and the daemon, either way.
  // Its sender never comes with it, however often it tries.
  bool webhook_forgotten() { return chance(webhook_oblivion_); }
  bool webhook_lost() { return chance(webhook_loss_); }
  bool webhook_doubled() { return chance(webhook_doubling_); }
  Duration webhook_delay();
  bool receiver_fails();  // The merchant's own endpoint answers 500 or nothing.
  bool disk_is_full();
  Duration commit_takes();
  Duration tell_takes();
  // Asked at the moments that matter: after a commit, before and after a provider is asked, before an answer leaves.
  bool crashes_now() { return chance(crash_); }
  Duration down_for();

 private:
  bool chance(std::int64_t per_mille) { return !clear_ && timeline_.dice.chance(per_mille); }
  // An account, or something else, that is away for a while: until when, and since it was last drawn.
  bool is_away(const std::string& whom, std::int64_t per_mille, Duration least, Duration most);

  Timeline& timeline_;
  bool clear_ = false;
  std::array<std::int64_t, kFates> fates_{};
  std::int64_t client_loss_, webhook_loss_, webhook_oblivion_, webhook_doubling_, webhook_tardiness_, receiver_, disk_, slow_disk_, crash_, outages_;
  std::map<std::string, Duration> away_until_;
  std::map<std::string, Fate> outage_;
};

}  // namespace florin::simulation
