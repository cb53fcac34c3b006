// Numbered SQL files that make the tables: kernel/{platform,modules}/*/migrations/NNNN_name.sql, built
// into the binary by cmake/FlorinMigrations.cmake. Where the engines must differ there is
// NNNN_name.sqlite.sql and NNNN_name.postgresql.sql instead. A number is given once in the whole kernel
// (platform below 100, modules from 100) and numbers give the order. Once released a file never changes:
// its checksum is in every database.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <florin/result.hpp>

#include "kernel/platform/store/store.hpp"

namespace florin {

struct Migration {
  int number = 0;
  std::string module;  // "payments": the folder it lies in.
  std::string name;    // "payments_table"
  std::string sql;
  std::string checksum;  // SHA-256 of `sql`, in hex.
};

// The migrations for an engine, in order.
using MigrationList = std::function<std::vector<Migration>(Engine)>;

std::vector<Migration> built_in_migrations(Engine engine);

// A migration with its checksum worked out.
Migration make_migration(int number, std::string module, std::string name, std::string sql);

}  // namespace florin
