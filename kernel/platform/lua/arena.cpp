// Small blocks come from slabs by size class, large ones from malloc in a ring; dropping the arena frees
// the slabs and the ring. Large blocks are charged as steps, because copying and clearing them is work.
#include "kernel/platform/lua/arena.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace florin::lua {
namespace {

constexpr std::int64_t kBytesAStep = 32;
// A refusal makes Lua collect all garbage and ask again: that is work too.
constexpr std::int64_t kStepsARefusal = 20'000;

std::size_t size_class(std::size_t size) { return (size + 15) / 16; }

}  // namespace

Arena::Arena(std::size_t limit, Meter& meter) : limit_(limit), meter_(meter) {}

Arena::~Arena() {
  for (void* slab : slabs_) std::free(slab);
  for (Large* block = large_.after; block != &large_;) std::free(std::exchange(block, block->after));
}

void* Arena::resize(void* self, void* block, std::size_t old_size, std::size_t new_size) noexcept {
  Arena& arena = *static_cast<Arena*>(self);
  if (block == nullptr) return arena.take(new_size);  // `old_size` is then the kind of object.
  if (new_size == 0) {
    arena.give(block, old_size);
    return nullptr;
  }
  if (old_size <= kSmall && new_size <= kSmall && size_class(old_size) == size_class(new_size)) return block;
  void* moved = arena.take(new_size);
  if (moved == nullptr) {
    // Making smaller must not fail. The block stays where it is and later joins the list of its new, smaller
    // class; a large one stays in the ring as well, so that it is freed once, with the arena.
    return new_size <= old_size ? block : nullptr;
  }
  std::memcpy(moved, block, std::min(old_size, new_size));
  arena.give(block, old_size);
  return moved;
}

void* Arena::take(std::size_t size) noexcept {
  if (size == 0) return nullptr;
  void* block = size <= kSmall ? take_small(size) : take_large(size);
  refused_ = block == nullptr;
  if (refused_) meter_.spend_quietly(kStepsARefusal);
  return block;
}

void* Arena::take_small(std::size_t size) noexcept {
  const std::size_t kind = size_class(size);
  if (Free* reused = free_[kind]) {
    free_[kind] = reused->next;
    return reused;
  }
  const std::size_t bytes = kind * kStep;
  if (fresh_left_ < bytes) {
    if (!may_grow(kSlab)) return nullptr;
    void* slab = std::malloc(kSlab);
    if (slab == nullptr) return nullptr;
    try {
      slabs_.push_back(slab);
    } catch (...) {
      std::free(slab);
      return nullptr;
    }
    footprint_ += kSlab;
    fresh_ = static_cast<char*>(slab);
    fresh_left_ = kSlab;
  }
  fresh_left_ -= bytes;
  return std::exchange(fresh_, fresh_ + bytes);
}

void* Arena::take_large(std::size_t size) noexcept {
  const std::size_t bytes = size + sizeof(Large);
  if (size > largest_block() || !may_grow(bytes)) return nullptr;
  if (!meter_.spend_quietly(static_cast<std::int64_t>(size) / kBytesAStep)) return nullptr;
  auto* block = static_cast<Large*>(std::malloc(bytes));
  if (block == nullptr) return nullptr;
  footprint_ += bytes;
  *block = Large{&large_, large_.after};
  large_.after->before = block;
  large_.after = block;
  return block + 1;
}

void Arena::give(void* block, std::size_t size) noexcept {
  if (size == 0) return;
  if (size <= kSmall) {
    auto* freed = static_cast<Free*>(block);
    freed->next = free_[size_class(size)];
    free_[size_class(size)] = freed;
    return;
  }
  Large* large = static_cast<Large*>(block) - 1;
  large->before->after = large->after;
  large->after->before = large->before;
  footprint_ -= size + sizeof(Large);
  std::free(large);
}

}  // namespace florin::lua
