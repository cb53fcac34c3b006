// Throw-away databases for tests: every store test runs on SQLite (a file in a temporary directory) and,
// when FLORIN_TEST_POSTGRES holds the url of a cluster, on PostgreSQL (a schema of its own, dropped
// afterwards). tests/support/run_tests starts such a cluster; without one those tests say that they skip.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "kernel/platform/executor/executor.hpp"
#include "kernel/platform/store/open.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin::test {

// A directory that goes away with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// An empty database of the engine, with the url to open it by.
class Database {
 public:
  // Nothing: there is no PostgreSQL to test with.
  static std::unique_ptr<Database> make(Engine engine);
  ~Database();
  const std::string& url() const { return url_; }
  // SQLite only.
  std::string file() const { return url_.substr(std::string("sqlite:").size()); }

 private:
  Database() = default;
  std::optional<TemporaryDirectory> directory_;
  std::string schema_;  // PostgreSQL only.
  std::string url_;
};

// TEST_P(Payments, …) with `class Payments : public StoreTest {};` and FLORIN_BOTH_ENGINES(Payments).
class StoreTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override;  // Skips, with the reason, when there is no such engine.
  void TearDown() override;

  Database& database() { return *database_; }
  ThreadExecutor& executor() { return executor_; }
  // Open, with the built-in migrations or those that use_migrations() gave before the first call.
  Store& store();
  void use_migrations(MigrationList migrations) { migrations_ = std::move(migrations); }
  StoreOptions options();
  // As after a restart.
  void close_store() { store_.reset(); }

  template <class Unit>
  auto write(Unit unit) {
    return store().write(std::move(unit)).run();
  }
  template <class Query>
  auto read(Query query) {
    return store().read(std::move(query)).run();
  }

 private:
  ThreadExecutor executor_{2};
  std::unique_ptr<Database> database_;
  MigrationList migrations_;
  std::unique_ptr<Store> store_;
};

std::string engine_name(const testing::TestParamInfo<Engine>& info);

#define FLORIN_BOTH_ENGINES(fixture)                                                                  \
  INSTANTIATE_TEST_SUITE_P(On, fixture, testing::Values(::florin::Engine::kSqlite, ::florin::Engine::kPostgres), \
                           ::florin::test::engine_name)

}  // namespace florin::test
