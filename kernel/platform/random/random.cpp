// OpenSSL's generator, and an unbiased bounded draw over any.
#include "kernel/platform/random/random.hpp"

#include <array>
#include <cstring>

#include <openssl/crypto.h>
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

// Each draw from OpenSSL's generator costs a microsecond however small it is, and a payment has a dozen
// ids: a thread draws a page at once. What has been given out is wiped, so that it is nowhere twice.
class Reserve {
 public:
  ~Reserve() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  void take(char* out, std::size_t count) {
    if (bytes_.size() - used_ < count) {
      fill(bytes_.data(), bytes_.size());
      used_ = 0;
    }
    std::memcpy(out, bytes_.data() + used_, count);
    OPENSSL_cleanse(bytes_.data() + used_, count);
    used_ += count;
  }
  static void fill(char* out, std::size_t count) {
    FLORIN_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(out), static_cast<int>(count)) == 1,
                 "without randomness no key is safe");
  }

 private:
  std::array<char, 2048> bytes_{};
  std::size_t used_ = bytes_.size();
};

class SystemRandom final : public Random {
  std::string bytes(std::size_t count) override {
    constexpr std::size_t kSmall = 64;
    thread_local Reserve reserve;
    std::string out(count, '\0');
    if (count <= kSmall)
      reserve.take(out.data(), count);
    else
      Reserve::fill(out.data(), count);
    return out;
  }
};

}  // namespace

Random& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace florin
