// What the seals of a SQLite database's pages find: any flipped byte of a page that is read from the file, and a page in
// another's place. What they leave alone: databases of before, and pages that another program wrote.
#include "kernel/platform/store/sqlite_vfs.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "kernel/platform/store/integrity.hpp"
#include "kernel/platform/store/sqlite.hpp"
#include "tests/support/store_files.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;
using test::flipped;
using test::read_file;
using test::write_file;
using testing::HasSubstr;

constexpr std::size_t kPage = 4096;

std::vector<Migration> things(Engine) {
  return {make_migration(1, "test", "things", "CREATE TABLE things (id INTEGER PRIMARY KEY, what TEXT);"
                                              "CREATE INDEX things_by_what ON things (what);\n")};
}


// As the sqlite3 of the shell.
void run_elsewhere(const std::string& file, const std::string& sql, int set_aside = -1) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix"), SQLITE_OK);
  sqlite3_file_control(database, "main", SQLITE_FCNTL_RESERVE_BYTES, &set_aside);
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

class StoreSeals : public test::StoreFiles {
 protected:
  StoreSeals() : StoreFiles(things) {}

  std::unique_ptr<Store> open() {
    auto store = open_store(options());
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }
  void add(Store& store, int from, int to) {
    const auto unit = [&](Session& session) -> Result<Done> {
      for (int number = from; number < to; ++number) {
        const std::string what = std::to_string(number) + std::string(number % 7 == 0 ? 9000 : 300, 'x');
        session.execute("insert or replace into things (id, what) values (:id, :what)", number, what);
      }
      return Done{};
    };
    EXPECT_TRUE(store.write(unit).run());
  }
  // A database at rest: closed, its log written back.
  std::string make() {
    add(*open(), 0, 40);
    return read_file(file_);
  }
  static Result<std::string> read_all(Store& store) {
    const auto query = [](Session& session) -> Result<std::string> {
      std::string all;
      for (const auto& [what] : session.all<std::tuple<std::string>>("select what from things order by id")) all += what;
      for (const auto& [what] : session.all<std::tuple<std::string>>("select what from things order by what")) all += what;
      return all;
    };
    return store.read(query).run();
  }
  Result<std::string> read_from(const std::string& bytes) {
    write_file(file_, bytes);
    fs::remove(file_ + "-wal");
    fs::remove(file_ + "-shm");
    const auto store = open_store_read_only(options());
    if (!store) return store.error();
    return read_all(**store);
  }
  static std::vector<std::string> faults(Store& store) {
    const auto query = [](Session& session) -> Result<std::vector<std::string>> { return integrity_faults(session); };
    const auto found = store.read(query).run();
    return found ? *found : std::vector<std::string>{found.error().message};
  }
  static void expect_named(const Result<std::string>& found, std::size_t at) {
    ASSERT_FALSE(found) << "byte " << at;
    EXPECT_EQ(found.error().code, "storage_damaged") << found.error().message;
    EXPECT_THAT(found.error().message, HasSubstr("florin.db"));
  }

  std::mt19937 random_{23};
};

TEST_F(StoreSeals, EveryPageThatIsWrittenHasOne) {
  const std::string whole = make();
  ASSERT_GT(whole.size(), 20 * kPage);
  EXPECT_EQ(whole[20], store::kSealBytes);
  for (std::size_t at = kPage; at <= whole.size(); at += kPage)
    EXPECT_NE(whole.substr(at - store::kSealBytes, store::kSealBytes), std::string(store::kSealBytes, '\0')) << at;
  EXPECT_TRUE(read_from(whole));
}

TEST_F(StoreSeals, FlippedByteAnywhereInAPageThatIsReadIsNamedWithItsPlace) {
  const std::string whole = make();
  const auto pages = whole.size() / kPage;
  const std::string all = *read_from(whole);
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < 100; ++at) places.push_back(at);
  for (std::size_t page = 0; page < pages; ++page)
    for (int times = 0; times < 4; ++times) places.push_back(page * kPage + random_() % kPage);
  for (std::size_t at = whole.size() - store::kSealBytes; at < whole.size(); ++at) places.push_back(at);
  std::size_t named = 0;
  for (const std::size_t at : places) {
    const auto found = read_from(flipped(whole, at, 1U << random_() % 8));
    if (found) {
      ASSERT_EQ(*found, all) << "byte " << at << " changed what is told";
      continue;
    }
    expect_named(found, at);
    ++named;
    if (at >= 100) {
      EXPECT_THAT(found.error().message, HasSubstr("page " + std::to_string(at / kPage + 1) + " of ")) << at;
    }
  }
  EXPECT_EQ(named, places.size());
}

TEST_F(StoreSeals, FlippedBitThatWouldTakeTheRoomForSealsAwayIsNamed) {
  const std::string whole = make();
  expect_named(read_from(flipped(whole, 20, store::kSealBytes)), 20);
}

TEST_F(StoreSeals, PageInAnothersPlaceIsNamed) {
  std::string whole = make();
  const std::string page = whole.substr(5 * kPage, kPage);
  whole.replace(5 * kPage, kPage, whole.substr(6 * kPage, kPage)).replace(6 * kPage, kPage, page);
  expect_named(read_from(whole), 5 * kPage);
}

TEST_F(StoreSeals, WriterThatMeetsDamageStopsAndNothingOfItsUnitIsLeft) {
  const std::string whole = make();
  const std::size_t last = whole.rfind("39xxx");
  ASSERT_NE(last, std::string::npos);
  write_file(file_, flipped(whole, last + 20, 16));
  const auto store = open_store(options());
  ASSERT_TRUE(store);
  const auto unit = [](Session& session) -> Result<Done> {
    session.execute("insert into things (id, what) values (-1, 'new')");
    session.execute("update things set what = what || '!'");
    return Done{};
  };
  const auto written = (*store)->write(unit).run();
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "storage_damaged");
  const auto later = (*store)->write([](Session&) -> Result<Done> { return Done{}; }).run();
  EXPECT_FALSE(later) << "nothing is written any more";
}

TEST_F(StoreSeals, IntegrityCheckReadsEveryPage) {
  const std::string whole = make();
  for (int times = 0; times < 30; ++times) {
    write_file(file_, flipped(whole, 2 * kPage + random_() % (whole.size() - 2 * kPage), 1U << random_() % 8));
    const auto store = open_store_read_only(options());
    ASSERT_TRUE(!store || !faults(**store).empty());
  }
}

TEST_F(StoreSeals, ProgramWithoutThemMayWriteTheLogBackAndItsPagesGoUnchecked) {
  const std::string sealed = make();
  std::string killed_log;
  {
    const auto store = open();
    add(*store, 3, 20);
    killed_log = read_file(file_ + "-wal");
  }
  // As a killed florind leaves it: sealed pages, and newer ones in the log.
  write_file(file_, sealed);
  write_file(file_ + "-wal", killed_log);
  run_elsewhere(file_, "SELECT count(*) FROM things; PRAGMA wal_checkpoint");
  EXPECT_NE(read_file(file_), sealed);

  const auto store = open();
  EXPECT_TRUE(read_all(*store));
  EXPECT_THAT(faults(*store), testing::IsEmpty());
}

TEST_F(StoreSeals, CopyThatAnotherProgramMadeIsReadAndGetsThemAsItIsWritten) {
  make();
  run_elsewhere(file_, "VACUUM INTO '" + file_ + ".copy'");
  write_file(file_, read_file(file_ + ".copy"));
  {
    const auto store = open();
    EXPECT_TRUE(read_all(*store));
    add(*store, 0, 40);
  }
  const std::string whole = read_file(file_);
  const std::size_t last = whole.rfind("39xxx");
  expect_named(read_from(flipped(whole, last + 20, 16)), last);
}

TEST_F(StoreSeals, DatabaseOfBeforeGoesOnWithoutThemUntilItIsGivenRoom) {
  run_elsewhere(file_, "PRAGMA journal_mode=WAL");
  const std::string before = make();
  EXPECT_EQ(before[20], 0);
  const auto all = read_from(before);
  ASSERT_TRUE(all);
  {
    const auto store = open();
    EXPECT_THAT(faults(*store), testing::IsEmpty());
  }
  run_elsewhere(file_, "VACUUM", store::kSealBytes);
  EXPECT_EQ(read_file(file_)[20], store::kSealBytes);
  {
    const auto store = open();
    EXPECT_EQ(*read_all(*store), *all);
    add(*store, 0, 40);
  }
  const std::string whole = read_file(file_);
  const std::size_t last = whole.rfind("39xxx");
  expect_named(read_from(flipped(whole, last + 20, 16)), last);
}

// What an operator reads in the log while `open` runs.
std::string said_by(const std::function<void()>& open) {
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  open();
  spdlog::set_default_logger(before);
  return log.str();
}

TEST_F(StoreSeals, DatabaseOfBeforeSaysHowItIsGivenRoom) {
  run_elsewhere(file_, "PRAGMA journal_mode=WAL");
  make();
  EXPECT_THAT(said_by([&] { open(); }), HasSubstr("reserve_bytes"));
}

TEST_F(StoreSeals, DatabaseInMemoryIsNotToldToBeGivenRoom) {
  EXPECT_EQ(said_by([] { store::sqlite_connector(":memory:")->writer(); }), "");
}

}  // namespace
}  // namespace florin
