// How long answers took, counted in buckets instead of kept one by one, so that a hundred thousand a second cost
// the generator next to nothing: 64 buckets from each power of two to the next, so that what is read from them is
// at most 1/64 (1.6 %) over the true time. The layout is HdrHistogram's, which Debian has for Java and Go only.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace florin::load {

class Latencies {
 public:
  void add(std::int64_t us) {
    const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(us, 0));
    ++counts_[bucket_of(time)];
    ++count_;
    longest_ = std::max(longest_, time);
  }

  std::int64_t count() const { return count_; }
  std::uint64_t longest() const { return longest_; }

  // Microseconds within which `per_cent` of all were answered; 0 when there were none.
  std::uint64_t at(std::int64_t per_cent) const {
    const std::int64_t rank = std::min(count_ * per_cent / 100 + 1, count_);
    std::int64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
      seen += counts_[bucket];
      if (seen >= rank) return std::min(end_of(bucket), longest_);
    }
    return longest_;
  }

 private:
  static constexpr unsigned kBits = 6;  // 64 buckets a power of two.
  static constexpr std::uint64_t kHalf = 1U << kBits;

  // Times below 128 have a bucket each; above, the leading seven bits choose.
  static std::size_t bucket_of(std::uint64_t time) {
    if (time < 2 * kHalf) return time;
    const auto shift = static_cast<unsigned>(std::bit_width(time)) - kBits - 1;
    return shift * kHalf + (time >> shift);
  }
  // The longest time that falls into it.
  static std::uint64_t end_of(std::size_t bucket) {
    if (bucket < 2 * kHalf) return bucket;
    const std::uint64_t shift = bucket / kHalf - 1;
    return ((bucket % kHalf + kHalf + 1) << shift) - 1;
  }

  std::array<std::int64_t, (64 - kBits + 1) * kHalf> counts_{};
  std::int64_t count_ = 0;
  std::uint64_t longest_ = 0;
};

}  // namespace florin::load
