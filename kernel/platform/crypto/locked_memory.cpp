// Locked memory: an anonymous mapping that is never swapped, dumped or inherited by a child.
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <vector>

#include <openssl/crypto.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>

#include <florin/check.hpp>

#include "kernel/platform/crypto/vault.hpp"

namespace florin {
namespace {
constexpr std::size_t kSlotBytes = 16;
}  // namespace

struct LockedMemory::State {
  struct Kept {
    std::uint32_t slot;
    std::uint8_t size;
    std::int64_t expires_micros;
  };
  char* memory = nullptr;
  std::size_t slots = 0;
  std::mutex mutex;
  std::unordered_map<std::string, Kept> kept;
  std::vector<std::uint32_t> free;

  char* at(std::uint32_t slot) const { return memory + slot * kSlotBytes; }
  void release(std::unordered_map<std::string, Kept>::iterator entry) {
    OPENSSL_cleanse(at(entry->second.slot), kSlotBytes);
    free.push_back(entry->second.slot);
    kept.erase(entry);
  }
};

LockedMemory::LockedMemory(std::size_t slots) : state_(std::make_unique<State>()) {
  FLORIN_CHECK(slots > 0 && slots <= UINT32_MAX, "there is at least one slot");
  // As much as the limit on locked memory allows; what cannot be locked is not used at all.
  for (; slots > 0; slots /= 2) {
    void* memory =
        mmap(nullptr, slots * kSlotBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    FLORIN_CHECK(memory != MAP_FAILED, "there is memory for CVCs");
    if (mlock(memory, slots * kSlotBytes) == 0) {
      madvise(memory, slots * kSlotBytes, MADV_DONTDUMP);
      madvise(memory, slots * kSlotBytes, MADV_WIPEONFORK);
      state_->memory = static_cast<char*>(memory);
      break;
    }
    munmap(memory, slots * kSlotBytes);
  }
  if (slots == 0)
    spdlog::error(
        "no memory could be locked (mlock), so no CVC can be kept: raise the limit (ulimit -l, "
        "LimitMEMLOCK=)");
  state_->slots = slots;
  for (std::size_t slot = slots; slot > 0; --slot)
    state_->free.push_back(static_cast<std::uint32_t>(slot - 1));
}

LockedMemory::~LockedMemory() {
  if (state_->memory == nullptr) return;
  OPENSSL_cleanse(state_->memory, state_->slots * kSlotBytes);
  munmap(state_->memory, state_->slots * kSlotBytes);
}

bool LockedMemory::put(const std::string& token, const Secret& value, std::int64_t expires_micros) {
  if (value.size() > kSlotBytes) return false;
  const std::lock_guard lock(state_->mutex);
  if (const auto before = state_->kept.find(token); before != state_->kept.end()) state_->release(before);
  if (state_->free.empty()) return false;
  const std::uint32_t slot = state_->free.back();
  state_->free.pop_back();
  std::memcpy(state_->at(slot), value.expose().data(), value.size());
  state_->kept.emplace(token, State::Kept{slot, static_cast<std::uint8_t>(value.size()), expires_micros});
  return true;
}

Secret LockedMemory::take(const std::string& token, std::int64_t now_micros) {
  const std::lock_guard lock(state_->mutex);
  const auto entry = state_->kept.find(token);
  if (entry == state_->kept.end()) return Secret();
  Secret value;
  if (entry->second.expires_micros > now_micros)
    value = Secret(std::string(state_->at(entry->second.slot), entry->second.size));
  state_->release(entry);
  return value;
}

void LockedMemory::drop_expired(std::int64_t now_micros) {
  const std::lock_guard lock(state_->mutex);
  for (auto entry = state_->kept.begin(); entry != state_->kept.end();) {
    const auto here = entry++;
    if (here->second.expires_micros <= now_micros) state_->release(here);
  }
}

}  // namespace florin
