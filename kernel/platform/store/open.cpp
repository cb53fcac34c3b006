// From a url to a working store, or to the sentence that says why there is none.
#include "kernel/platform/store/open.hpp"

#include <filesystem>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <florin/check.hpp>

#include "kernel/platform/store/migrate.hpp"
#include "kernel/platform/store/postgres.hpp"
#include "kernel/platform/store/sql_store.hpp"
#include "kernel/platform/store/sqlite.hpp"
#include "kernel/platform/store/sqlite_log.hpp"

namespace florin {

namespace {

constexpr std::string_view kSqlite = "sqlite:";

// What a url says: a SQLite file, or (when that is empty) a PostgreSQL address.
struct Place {
  std::string file;
  std::unique_ptr<store::Connector> connector;
};

Result<Place> place_of(const std::string& url) {
  if (url.starts_with(kSqlite) && url.size() > kSqlite.size()) {
    std::string file = url.substr(kSqlite.size());
    auto connector = store::sqlite_connector(file);
    return Place{std::move(file), std::move(connector)};
  }
  if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
    return Place{"", store::postgres_connector(url)};
  return Error{Error::Kind::kInvalid,
               "store.url must be sqlite:<file> or postgresql://<user>@<host>/<database>", "store_url",
               "store.url"};
}

std::vector<Migration> wanted(const StoreOptions& options, Engine engine) {
  return options.migrations != nullptr ? (*options.migrations)(engine) : built_in_migrations(engine);
}

std::vector<std::unique_ptr<store::Connection>> make_readers(store::Connector& connector, int count) {
  FLORIN_CHECK(count >= 1 && count <= 64, "the configuration bounds store.readers");
  std::vector<std::unique_ptr<store::Connection>> readers;
  for (int i = 0; i < count; ++i) readers.push_back(connector.reader());
  return readers;
}

// Before SQLite opens it, because that is when it drops what it cannot read.
Result<Done> refuse_damaged_log(const std::string& file) {
  if (const auto damage = store::damage_of_log(file))
    return Error{Error::Kind::kUnavailable, *damage, "storage_damaged", ""};
  return Done{};
}

// A reader of a database that must be there already.
Result<std::unique_ptr<store::Connection>> look_into(Place& place) {
  if (!place.file.empty() && !std::filesystem::exists(place.file))
    return Error{
        Error::Kind::kNotFound,
        fmt::format("there is no database {} yet: start florind once, or run florin migrate", place.file),
        "no_database", ""};
  // A running florind looked when it started, and writes on at this moment.
  if (!place.file.empty() && !store::FileLock::is_taken(place.file)) {
    if (const auto sound = refuse_damaged_log(place.file); !sound) return sound.error();
  }
  return place.connector->reader();
}

// A database taken for writing, with its tables as they should be.
struct Taken {
  std::unique_ptr<store::FileLock> lock;
  std::unique_ptr<store::Connection> writer;
  std::vector<int> applied;
};

Result<Taken> take(const Place& place, const StoreOptions& options) {
  Taken taken;
  if (!place.file.empty()) {
    auto lock = store::FileLock::take(place.file);
    if (!lock) return lock.error();
    taken.lock = std::move(*lock);
    if (const auto sound = refuse_damaged_log(place.file); !sound) return sound.error();
  }
  taken.writer = place.connector->writer();
  auto applied = store::apply_missing(*taken.writer, wanted(options, place.connector->engine()));
  if (!applied) return applied.error();
  taken.applied = std::move(*applied);
  return taken;
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const StoreOptions& options) try {
  FLORIN_TRY(place, place_of(options.url));
  FLORIN_TRY(taken, take(place, options));
  auto readers = make_readers(*place.connector, options.readers);
  return std::unique_ptr<Store>(
      std::make_unique<store::SqlStore>(*options.executor, std::move(taken.lock), std::move(place.connector),
                                        std::move(taken.writer), std::move(readers), options.health));
} catch (const store::EngineFault& fault) {
  return store::to_error(fault);
}

Result<std::unique_ptr<Store>> open_store_read_only(const StoreOptions& options) try {
  FLORIN_TRY(place, place_of(options.url));
  FLORIN_TRY(first, look_into(place));
  FLORIN_TRY(missing, store::missing_migrations(*first, wanted(options, place.connector->engine())));
  if (!missing.empty())
    return Error{
        Error::Kind::kUnavailable,
        fmt::format("the database lacks migration {:04}_{}: start florind once, or run florin migrate",
                    missing.front().number, missing.front().name),
        "database_older", ""};
  auto readers = make_readers(*place.connector, options.readers);
  return std::unique_ptr<Store>(std::make_unique<store::SqlStore>(
      *options.executor, nullptr, std::move(place.connector), nullptr, std::move(readers)));
} catch (const store::EngineFault& fault) {
  return store::to_error(fault);
}

std::int64_t waiting_in(const Store& store) {
  const auto* ours = dynamic_cast<const store::SqlStore*>(&store);
  return ours == nullptr ? 0 : ours->waiting();
}

Result<std::vector<int>> migrate(const StoreOptions& options) try {
  FLORIN_TRY(place, place_of(options.url));
  FLORIN_TRY(taken, take(place, options));
  return std::move(taken.applied);
} catch (const store::EngineFault& fault) {
  return store::to_error(fault);
}

Result<std::vector<Migration>> pending_migrations(const StoreOptions& options) try {
  FLORIN_TRY(place, place_of(options.url));
  if (!place.file.empty() && !std::filesystem::exists(place.file))
    return wanted(options, place.connector->engine());
  FLORIN_TRY(reader, look_into(place));
  return store::missing_migrations(*reader, wanted(options, place.connector->engine()));
} catch (const store::EngineFault& fault) {
  return store::to_error(fault);
}

}  // namespace florin
