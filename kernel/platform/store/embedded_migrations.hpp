// The migrations that CMake builds into the binary, as the generated source gives them. Internal to the
// store: everyone else calls built_in_migrations().
#pragma once

#include <vector>

namespace florin::store {

struct EmbeddedMigration {
  int number;
  const char* module;
  const char* name;
  const char* engine;  // "sqlite", "postgresql", or "" for both.
  const char* sql;
};

std::vector<EmbeddedMigration> embedded_migrations();

}  // namespace florin::store
