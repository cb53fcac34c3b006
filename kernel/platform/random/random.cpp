// OpenSSL's generator, and an unbiased bounded draw over any.
#include "kernel/platform/random/random.hpp"

#include <openssl/rand.h>

#include <florin/check.hpp>

namespace florin {

std::uint64_t Random::below(std::uint64_t bound) {
  FLORIN_CHECK(bound > 0, "a draw needs something to draw from");
  // What would favour the small numbers is drawn again.
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  for (;;) {
    std::uint64_t drawn = 0;
    for (const char byte : bytes(sizeof drawn)) drawn = drawn << 8 | static_cast<unsigned char>(byte);
    if (drawn < limit) return drawn % bound;
  }
}

namespace {
class SystemRandom final : public Random {
  std::string bytes(std::size_t count) override {
    std::string out(count, '\0');
    FLORIN_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) == 1,
                 "without randomness no key is safe");
    return out;
  }
};
}  // namespace

Random& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace florin
