// Counting by address. An entry goes when it says nothing any more (no connection, a full bucket), so
// that a million addresses that came once cost nothing later.
#include "kernel/platform/edge/limits.hpp"

#include <algorithm>

namespace florin {

bool AddressBook::admit(const std::string& address) {
  if (limits_.connections_per_address == 0) return true;
  Shard& home = shard(address);
  const std::lock_guard lock(home.mutex);
  Entry& entry = home.entries[address];
  if (entry.connections >= limits_.connections_per_address) return false;
  ++entry.connections;
  return true;
}

void AddressBook::left(const std::string& address) {
  if (limits_.connections_per_address == 0) return;
  Shard& home = shard(address);
  const std::lock_guard lock(home.mutex);
  const auto entry = home.entries.find(address);
  if (entry == home.entries.end()) return;
  --entry->second.connections;
  if (entry->second.connections == 0 && !entry->second.seen) home.entries.erase(entry);
}

Duration AddressBook::take(const std::string& address, Duration now) {
  const std::int64_t rate = limits_.requests_per_second_per_address;
  if (rate == 0) return Duration(0);
  Shard& home = shard(address);
  const std::lock_guard lock(home.mutex);
  if (home.entries.size() >= home.prune_at) prune(home, now);
  Entry& entry = home.entries[address];
  fill(entry, now);
  if (entry.millitokens >= 1000) {
    entry.millitokens -= 1000;
    return Duration(0);
  }
  return Duration((1000 - entry.millitokens) * 1000 / rate + 1);
}

// A millitoken comes every 1000 / rate microseconds.
void AddressBook::fill(Entry& entry, Duration now) const {
  const std::int64_t rate = limits_.requests_per_second_per_address;
  const std::int64_t full = rate * 2 * 1000;
  if (!entry.seen) {
    entry = Entry{entry.connections, full, now, true};
    return;
  }
  const std::int64_t passed = std::min<std::int64_t>((now - entry.filled).count(), 2'000'000);
  const std::int64_t gained = passed * rate / 1000;
  if (gained <= 0) return;
  entry.millitokens = std::min(full, entry.millitokens + gained);
  entry.filled = now;
}

void AddressBook::prune(Shard& home, Duration now) {
  const std::int64_t full = limits_.requests_per_second_per_address * 2 * 1000;
  for (auto each = home.entries.begin(); each != home.entries.end();) {
    if (each->second.seen) fill(each->second, now);
    const bool silent =
        each->second.connections == 0 && (!each->second.seen || each->second.millitokens >= full);
    each = silent ? home.entries.erase(each) : std::next(each);
  }
  home.prune_at = std::max<std::size_t>(4096, home.entries.size() * 2);
}

}  // namespace florin
