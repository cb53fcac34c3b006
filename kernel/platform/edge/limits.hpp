// What one address may take of us: connections at a time, and requests a second. Shared by all loops.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include <florin/time.hpp>

#include "kernel/platform/edge/edge.hpp"

namespace florin {

class AddressBook {
 public:
  explicit AddressBook(const EdgeLimits& limits) : limits_(limits) {}

  // False: this address has all the connections that it may have. True is paid back by left().
  bool admit(const std::string& address);
  void left(const std::string& address);

  // Takes a token from the address's bucket (rate a second, twice that at most). Zero: taken; else how
  // long until there is one again.
  Duration take(const std::string& address, Duration now);

 private:
  struct Entry {
    std::int64_t connections = 0;
    std::int64_t millitokens = 0;
    Duration filled{0};
    bool seen = false;
  };
  // Several, so that loops seldom meet at one lock.
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, Entry> entries;
    std::size_t prune_at = 4096;
  };
  Shard& shard(const std::string& address) {
    return shards_[std::hash<std::string>()(address) % shards_.size()];
  }
  void fill(Entry& entry, Duration now) const;
  void prune(Shard& shard, Duration now);

  const EdgeLimits limits_;
  std::array<Shard, 16> shards_;
};

}  // namespace florin
