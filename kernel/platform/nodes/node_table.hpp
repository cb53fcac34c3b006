// The nodes table, and the only file that spells its columns. Internal to nodes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/platform/store/store.hpp"

namespace florin::nodes {

struct Row {
  std::string id, process;
  std::int64_t lock_key = 0;
  std::int64_t started = 0, heartbeat = 0;  // microseconds
};

void insert(Session& session, const Row& row);

struct Other {
  std::string id, process;
  std::int64_t heartbeat = 0;
  bool lock_held = false;  // PostgreSQL: some session holds its lock.
};
std::vector<Other> others(Session& session, const std::string& me);

// False: there is no such node any more.
bool beat(Session& session, const std::string& id, std::int64_t now);
// False: it has beaten since, or somebody else removed it.
bool remove(Session& session, const std::string& id, std::int64_t heartbeat);
bool remove(Session& session, const std::string& id);

// PostgreSQL: takes the lock for the session's whole connection, if nobody holds it.
bool try_lock(Session& session, std::int64_t lock_key);

}  // namespace florin::nodes
