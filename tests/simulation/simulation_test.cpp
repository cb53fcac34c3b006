// What the simulation promises: the laws hold for hundreds of seeds, a seed is a whole run, and who breaks a
// law is seen.
#include <gtest/gtest.h>

#include "tests/simulation/simulation.hpp"

namespace florin::simulation {
namespace {

// Under a sanitizer a seed takes ten times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kSeeds = 50;
#else
constexpr int kSeeds = 500;
#endif

TEST(Simulation, HundredsOfSeedsBreakNoLaw) {
  std::int64_t payments = 0, crashes = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Outcome outcome = run_seed(seed);
    payments += outcome.payments;
    crashes += outcome.crashes;
    for (const std::string& violation : outcome.violations) ADD_FAILURE() << "./dev sim --seed " << seed << ": " << violation;
    if (HasFailure()) return;
  }
  // So that a simulation in which nothing happens does not pass.
  EXPECT_GT(payments, 5 * kSeeds);
  EXPECT_GT(crashes, kSeeds);
}

TEST(Simulation, TheSameSeedTwiceGivesTheSameTrace) {
  for (const std::uint64_t seed : {1001, 1002, 1003}) EXPECT_EQ(run_seed(seed).digest, run_seed(seed).digest);
  EXPECT_NE(run_seed(1001).digest, run_seed(1002).digest);
}

bool is_seen(RunOptions sabotage) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    if (!run_seed(seed, sabotage).violations.empty()) return true;
  return false;
}

TEST(Simulation, AStoreThatForgetsWhatItAcknowledgedIsSeen) { EXPECT_TRUE(is_seen({.forgetful_store = true})); }

TEST(Simulation, ANetworkThatDeliversMoneyTwiceIsSeen) { EXPECT_TRUE(is_seen({.doubling_network = true})); }

}  // namespace
}  // namespace florin::simulation
