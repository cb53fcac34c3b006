// One run of the simulation: a seed decides everything. First the safety phase, in which anything may go
// wrong; then the liveness phase, in which nothing does any more and everything must come right.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace florin::simulation {

struct RunOptions {
  bool tells = false;  // Prints every step.
  // Sabotage through the doors, which the oracles must see.
  bool forgetful_store = false, doubling_network = false;
};

struct Outcome {
  std::uint64_t seed = 0;
  std::uint64_t digest = 0;             // Of all that happened: two runs of one seed have the same.
  std::vector<std::string> violations;  // Empty: every law held.
  std::int64_t steps = 0, crashes = 0, payments = 0, movements = 0;  // Movements of money at the far sides.
};

Outcome run_seed(std::uint64_t seed, RunOptions options = {});

}  // namespace florin::simulation
