// Making and removing throw-away databases.
#include "tests/support/store_fixture.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <libpq-fe.h>

namespace florin::test {

namespace {

const char* postgres_url() { return std::getenv("FLORIN_TEST_POSTGRES"); }

void on_postgres(const std::string& sql) {
  PGconn* connection = PQconnectdb(postgres_url());
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  PGresult* result = PQexec(connection, sql.c_str());
  const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
  const std::string problem = PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (!done) throw std::runtime_error("FLORIN_TEST_POSTGRES: " + problem);
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "florin-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), pattern);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<Database> Database::make(Engine engine) {
  std::unique_ptr<Database> database(new Database);
  if (engine == Engine::kSqlite) {
    database->directory_.emplace();
    database->url_ = "sqlite:" + database->directory_->path() + "/florin.db";
    return database;
  }
  if (postgres_url() == nullptr) return nullptr;
  static std::atomic<int> made{0};
  database->schema_ = "florin_test_" + std::to_string(getpid()) + "_" + std::to_string(++made);
  on_postgres("CREATE SCHEMA " + database->schema_);
  const std::string base = postgres_url();
  database->url_ = base + (base.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" +
                   database->schema_;
  return database;
}

Database::~Database() {
  if (!schema_.empty()) on_postgres("DROP SCHEMA " + schema_ + " CASCADE");
}

void StoreTest::SetUp() {
  database_ = Database::make(GetParam());
  if (!database_) GTEST_SKIP() << "FLORIN_TEST_POSTGRES is not set: tests/support/run_tests starts a cluster";
}

void StoreTest::TearDown() {
  executor_.drain(std::chrono::seconds(10));
  store_.reset();
}

StoreOptions StoreTest::options() {
  StoreOptions options;
  options.url = database_->url();
  options.executor = &executor_;
  if (migrations_) options.migrations = &migrations_;
  return options;
}

Store& StoreTest::store() {
  if (!store_) {
    Result<std::unique_ptr<Store>> opened = open_store(options());
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = std::move(*opened);
  }
  return *store_;
}

std::string engine_name(const testing::TestParamInfo<Engine>& info) {
  return info.param == Engine::kSqlite ? "Sqlite" : "Postgres";
}

}  // namespace florin::test
