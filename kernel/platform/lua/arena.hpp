// The memory of one Lua state: bounded, and given back in one go when the state is dropped, without
// lua_close walking a hundred thousand objects of a hostile policy. (std::pmr's pools cannot promise
// what Lua demands of its allocator: that making a block smaller never fails.)
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "kernel/platform/lua/meter.hpp"

namespace florin::lua {

class Arena {
 public:
  // At most `limit` bytes from the system, and no single block above an eighth of that: it bounds what
  // one instruction (a comparison of two long texts, say) can cost.
  Arena(std::size_t limit, Meter& meter);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Lua's lua_Alloc; `self` is the Arena.
  static void* resize(void* self, void* block, std::size_t old_size, std::size_t new_size) noexcept;

  std::size_t footprint() const noexcept { return footprint_; }
  std::size_t largest_block() const noexcept { return limit_ / 8; }
  // Whether the last request was refused. Lua collects garbage and asks again; two refusals are the end.
  bool refused() const noexcept { return refused_; }

 private:
  static constexpr std::size_t kStep = 16, kSmall = 512, kSlab = 16 * 1024;
  struct Free {
    Free* next;
  };
  struct alignas(16) Large {
    Large *before, *after;
  };

  void* take(std::size_t size) noexcept;
  void* take_small(std::size_t size) noexcept;
  void* take_large(std::size_t size) noexcept;
  void give(void* block, std::size_t size) noexcept;
  bool may_grow(std::size_t size) const noexcept { return size <= limit_ && footprint_ <= limit_ - size; }

  std::size_t limit_;
  Meter& meter_;
  std::size_t footprint_ = 0;
  bool refused_ = false;
  std::array<Free*, kSmall / kStep + 1> free_{};
  std::vector<void*> slabs_;
  char* fresh_ = nullptr;  // The unused rest of the newest slab.
  std::size_t fresh_left_ = 0;
  Large large_{&large_, &large_};  // A ring of all large blocks.
};

}  // namespace florin::lua
