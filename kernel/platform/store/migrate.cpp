// The schema_migrations table: which migrations a database has, and whether this binary may work on it.
#include "kernel/platform/store/migrate.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <tuple>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <florin/check.hpp>

namespace florin {

Migration make_migration(int number, std::string module, std::string name, std::string sql) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  FLORIN_CHECK(EVP_Digest(sql.data(), sql.size(), digest, &length, EVP_sha256(), nullptr) == 1,
               "SHA-256 cannot fail");
  std::string checksum;
  for (unsigned i = 0; i < length; ++i) checksum += fmt::format("{:02x}", digest[i]);
  return Migration{number, std::move(module), std::move(name), std::move(sql), std::move(checksum)};
}

}  // namespace florin

namespace florin::store {

namespace {

using Applied = std::tuple<std::int64_t, std::string, std::string, std::string>;

constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT PRIMARY KEY, module TEXT NOT NULL, "
    "name TEXT NOT NULL, checksum TEXT NOT NULL, applied BIGINT NOT NULL)";

std::vector<Applied> applied_migrations(Connection& connection) {
  if (!connection.has_table("schema_migrations")) return {};
  return connection.all<Applied>(
      "SELECT number, module, name, checksum FROM schema_migrations ORDER BY number");
}

Error refused(std::string message, const char* code) {
  return Error{Error::Kind::kUnavailable, std::move(message), code, ""};
}

std::int64_t now_micros() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count();
}

// False: another node has applied it in the meantime.
bool apply(Connection& connection, const Migration& migration) {
  connection.begin();
  connection.lock_schema();
  connection.exec(kTable);
  const auto there = connection.one<std::tuple<std::int64_t>>(
      "SELECT number FROM schema_migrations WHERE number = :number", migration.number);
  if (there) {
    connection.rollback();
    return false;
  }
  connection.exec(migration.sql);
  connection.execute(
      "INSERT INTO schema_migrations (number, module, name, checksum, applied) "
      "VALUES (:number, :module, :name, :checksum, :applied)",
      migration.number, migration.module, migration.name, migration.checksum, now_micros());
  connection.commit();
  return true;
}

}  // namespace

Result<std::vector<Migration>> missing_migrations(Connection& connection,
                                                  const std::vector<Migration>& wanted) {
  std::vector<Migration> missing = wanted;
  for (const auto& [number, module, name, checksum] : applied_migrations(connection)) {
    const auto known =
        std::find_if(missing.begin(), missing.end(),
                     [wanted_number = number](const Migration& m) { return m.number == wanted_number; });
    if (known == missing.end())
      return refused(
          fmt::format("the database is newer than this binary: it has migration {:04}_{} of {}, which this "
                      "one does not know; start the newer binary, or restore a backup made before it",
                      number, name, module),
          "database_newer");
    if (known->checksum != checksum)
      return refused(
          fmt::format("migration {:04}_{} of {} has changed since it was applied to this database; a "
                      "migration is never edited, a new one follows it",
                      number, name, module),
          "migration_changed");
    missing.erase(known);
  }
  return missing;
}

Result<std::vector<int>> apply_missing(Connection& connection, const std::vector<Migration>& wanted) {
  const Result<std::vector<Migration>> missing = missing_migrations(connection, wanted);
  if (!missing) return missing.error();
  std::vector<int> applied;
  for (const Migration& migration : *missing) {
    try {
      if (apply(connection, migration)) applied.push_back(migration.number);
    } catch (const EngineFault& fault) {
      connection.rollback();
      Error error = to_error(fault);
      error.message = fmt::format("migration {:04}_{} of {} failed and was rolled back: {}", migration.number,
                                  migration.name, migration.module, error.message);
      return error;
    }
  }
  return applied;
}

}  // namespace florin::store
