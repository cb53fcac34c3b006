// Randomness, a door of law 10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace florin {

class Random {
 public:
  virtual ~Random() = default;
  virtual std::string bytes(std::size_t count) = 0;  // From a CSPRNG, except in the simulation.
  std::uint64_t below(std::uint64_t bound);          // Uniform in [0, bound); bound > 0.
};

// OpenSSL's. Safe from any thread.
Random& system_random();

}  // namespace florin
