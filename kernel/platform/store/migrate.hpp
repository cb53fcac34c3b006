// Applying migrations over a connection. Internal to the store.
#pragma once

#include <vector>

#include <florin/result.hpp>

#include "kernel/platform/store/connection.hpp"
#include "kernel/platform/store/migrations.hpp"

namespace florin::store {

// Those of `wanted` that the database does not have yet. Errors: kUnavailable, "database_newer" or
// "migration_changed". Writes nothing.
Result<std::vector<Migration>> missing_migrations(Connection& connection,
                                                  const std::vector<Migration>& wanted);

// Applies them, each in a transaction of its own; safe beside other nodes that start at the same time.
Result<std::vector<int>> apply_missing(Connection& connection, const std::vector<Migration>& wanted);

}  // namespace florin::store
