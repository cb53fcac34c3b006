// Opening the database by its url.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <florin/result.hpp>

#include "kernel/platform/executor/executor.hpp"
#include "kernel/platform/store/migrations.hpp"
#include "kernel/platform/store/store.hpp"
#include "kernel/platform/store/writer_health.hpp"

namespace florin {

struct StoreOptions {
  // "sqlite:var/florin.db" (relative to the working directory) or "postgresql://user@host/database".
  std::string url;
  Executor* executor = nullptr;  // Tasks resume on it; outlives the store.
  int readers = 2;               // Connections that read, each with a thread. From 1 to 64.
  // What the tables are to be; null: the migrations built into this binary.
  const MigrationList* migrations = nullptr;
  WriterHealth* health = nullptr;  // Told how what is written fares; may be null, else it outlives the store.
};

// For the daemon: takes the database (one daemon a SQLite file), applies what migrations are missing.
// Errors are sentences for whoever starts it: locked, read-only, full, no database, unreachable, newer
// than this binary.
Result<std::unique_ptr<Store>> open_store(const StoreOptions& options);

// For commands that look at the database of a daemon that may be running. Every write is refused; so is a
// database whose tables are not those of this binary.
Result<std::unique_ptr<Store>> open_store_read_only(const StoreOptions& options);

// Applies what migrations are missing and lets go again: `florin migrate`. Gives back their numbers.
Result<std::vector<int>> migrate(const StoreOptions& options);

// What migrate() would apply.
Result<std::vector<Migration>> pending_migrations(const StoreOptions& options);

// How many units and reads have been asked for and not come back; 0 for a store that is no database's.
std::int64_t waiting_in(const Store& store);

}  // namespace florin
