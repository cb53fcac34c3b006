// The built-in migrations of one engine, in the order of their numbers.
#include "kernel/platform/store/embedded_migrations.hpp"

#include <algorithm>
#include <string_view>

#include "kernel/platform/store/migrations.hpp"

namespace florin {

std::vector<Migration> built_in_migrations(Engine engine) {
  const std::string_view dialect = engine == Engine::kSqlite ? "sqlite" : "postgresql";
  std::vector<Migration> migrations;
  for (const store::EmbeddedMigration& embedded : store::embedded_migrations()) {
    const std::string_view made_for = embedded.engine;
    if (made_for.empty() || made_for == dialect)
      migrations.push_back(make_migration(embedded.number, embedded.module, embedded.name, embedded.sql));
  }
  std::sort(migrations.begin(), migrations.end(),
            [](const Migration& a, const Migration& b) { return a.number < b.number; });
  return migrations;
}

}  // namespace florin
