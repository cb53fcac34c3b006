// What the fuzzing targets share. A target is one function over bytes that ends the process by FLORIN_CHECK
// when a property of the code under test does not hold; libFuzzer (./dev fuzz) looks for such bytes, and
// replay_main.cpp runs the kept ones once each in every build.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <florin/check.hpp>

namespace florin::fuzz {

// Small choices that follow from the input, so that an input stays the plain text that it is: nothing of it
// is set apart for them, and the same input always chooses the same.
class Choices {
 public:
  explicit Choices(std::string_view input) {
    for (const char byte : input) state_ = (state_ ^ static_cast<unsigned char>(byte)) * 0x100000001B3U;
  }
  // From 0 to `most`.
  std::size_t up_to(std::size_t most) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<std::size_t>(state_ % (most + 1));
  }

 private:
  std::uint64_t state_ = 0xCBF29CE484222325U;  // FNV-1a's; never 0 for xorshift but by a collision.
};

// Cuts bytes into pieces as a network might: mostly short ones, now and then all that is left.
class Slices {
 public:
  Slices(std::string_view bytes, Choices& choices) : left_(bytes), choices_(choices) {}
  bool done() const { return left_.empty(); }
  std::string_view next() {
    const std::size_t kind = choices_.up_to(7);
    const std::size_t wanted = kind == 0 ? left_.size() : 1 + choices_.up_to(kind < 4 ? 2 : 40);
    const std::string_view piece = left_.substr(0, std::min(wanted, left_.size()));
    left_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view left_;
  Choices& choices_;
};

}  // namespace florin::fuzz

namespace florin {
// Each target's file defines it.
void fuzz_one(std::string_view input);
}  // namespace florin
