// What opening a store does and what it refuses, with sentences for whoever starts it.
#include "kernel/platform/store/open.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/store_fixture.hpp"

namespace florin {
namespace {

using testing::HasSubstr;

Migration things() {
  return make_migration(1, "test", "things", "CREATE TABLE things (id TEXT PRIMARY KEY);\n");
}
Migration others() {
  return make_migration(7, "test", "others", "CREATE TABLE others (id TEXT PRIMARY KEY);\n");
}

class StoreOpening : public test::StoreTest {
 protected:
  void use(std::vector<Migration> list) {
    use_migrations([list](Engine) { return list; });
  }
  Error refusal() {
    const auto opened = open_store(options());
    return opened ? Error{Error::Kind::kBroken, "it was opened", "", ""} : opened.error();
  }
};
FLORIN_BOTH_ENGINES(StoreOpening);

TEST_P(StoreOpening, AppliesWhatIsMissingOnceAndInOrder) {
  use({things()});
  const auto first = migrate(options());
  use({things(), others()});
  const auto pending = pending_migrations(options());
  const auto second = migrate(options());
  const auto third = migrate(options());

  ASSERT_TRUE(first && pending && second && third);
  EXPECT_EQ(*first, std::vector<int>{1});
  ASSERT_EQ(pending->size(), 1u);
  EXPECT_EQ(pending->front().name, "others");
  EXPECT_EQ(*second, std::vector<int>{7});
  EXPECT_TRUE(third->empty());
}

TEST_P(StoreOpening, RefusesADatabaseThatIsNewerThanTheBinary) {
  use({things(), others()});
  ASSERT_TRUE(migrate(options()));
  use({things()});

  EXPECT_EQ(refusal().code, "database_newer");
  EXPECT_THAT(refusal().message, HasSubstr("0007_others"));
}

TEST_P(StoreOpening, RefusesAMigrationThatChangedAfterItWasApplied) {
  use({things()});
  ASSERT_TRUE(migrate(options()));
  use({make_migration(1, "test", "things", "CREATE TABLE things (id TEXT PRIMARY KEY, more TEXT);\n")});

  EXPECT_EQ(refusal().code, "migration_changed");
}

TEST_P(StoreOpening, AMigrationThatFailsLeavesNothingOfItselfBehind) {
  const Migration half =
      make_migration(7, "test", "half", "CREATE TABLE half (id TEXT);\nCREATE TABLE things (id TEXT);\n");
  use({things(), half});

  EXPECT_THAT(refusal().message, HasSubstr("0007_half"));

  use({things(), make_migration(7, "test", "half", "CREATE TABLE half (id TEXT);\n")});
  EXPECT_TRUE(migrate(options()));
}

TEST_P(StoreOpening, ToReadOnlySeesTheDaemonsRowsAndRefusesToWrite) {
  use({things()});
  ASSERT_TRUE(write([](Session& session) -> Result<Done> {
    session.execute("INSERT INTO things (id) VALUES (:id)", "a");
    return Done{};
  }));

  const auto looking = open_store_read_only(options());
  ASSERT_TRUE(looking) << looking.error().message;
  const auto seen = (*looking)
                        ->read([](Session& session) -> Result<std::string> {
                          return std::get<0>(*session.one<std::tuple<std::string>>("SELECT id FROM things"));
                        })
                        .run();
  const auto wrote = (*looking)->write([](Session&) -> Result<Done> { return Done{}; }).run();

  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(*seen, "a");
  EXPECT_EQ(wrote.error().kind, Error::Kind::kDenied);
}

TEST_P(StoreOpening, ToReadOnlyRefusesADatabaseThatLacksAMigration) {
  use({things()});
  ASSERT_TRUE(migrate(options()));
  use({things(), others()});

  const auto looking = open_store_read_only(options());

  ASSERT_FALSE(looking);
  EXPECT_EQ(looking.error().code, "database_older");
}

TEST_P(StoreOpening, TheBuiltInMigrationsApplyToAnEmptyDatabase) {
  const auto applied = migrate(options());

  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ(applied->size(), built_in_migrations(GetParam()).size());
}

// What only a file can be.
class StoreFile : public testing::Test {
 protected:
  Error refusal(const std::string& url) {
    StoreOptions options;
    options.url = url;
    options.executor = &executor_;
    const auto opened = open_store(options);
    return opened ? Error{Error::Kind::kBroken, "it was opened", "", ""} : opened.error();
  }
  test::TemporaryDirectory directory_;
  ThreadExecutor executor_{1};
};

TEST_F(StoreFile, IsMadeWithItsDirectory) {
  StoreOptions options;
  options.url = "sqlite:" + directory_.path() + "/a b/c=d/florin.db";
  options.executor = &executor_;

  const auto opened = open_store(options);

  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(std::filesystem::exists(directory_.path() + "/a b/c=d/florin.db"));
}

TEST_F(StoreFile, IsRefusedToASecondDaemonWithTheProcessThatHasIt) {
  StoreOptions options;
  options.url = "sqlite:" + directory_.path() + "/florin.db";
  options.executor = &executor_;
  auto first = open_store(options);
  ASSERT_TRUE(first) << first.error().message;

  const Error second = refusal(options.url);
  first->reset();

  EXPECT_EQ(second.code, "store_locked");
  EXPECT_THAT(second.message, HasSubstr("process " + std::to_string(getpid())));
  EXPECT_TRUE(open_store(options)) << "let go of when the first one ended";
}

TEST_F(StoreFile, ThatIsNoDatabaseIsRefusedAndLeftAsItIs) {
  const std::string file = directory_.path() + "/florin.db";
  std::ofstream(file) << std::string(5000, 'x');

  EXPECT_THAT(refusal("sqlite:" + file).message, HasSubstr("not a database"));
  EXPECT_EQ(std::filesystem::file_size(file), 5000u);
}

TEST_F(StoreFile, WhoseDirectoryCannotBeMadeIsRefusedWithThatPath) {
  std::ofstream(directory_.path() + "/file") << "x";

  const Error refused = refusal("sqlite:" + directory_.path() + "/file/florin.db");

  EXPECT_EQ(refused.code, "store_unwritable");
  EXPECT_THAT(refused.message, HasSubstr(directory_.path() + "/file"));
}

// What a process that is not root is told: root may write everywhere. It starts no thread, because it is
// refused before there would be one.
std::string told_to_nobody(const StoreOptions& options) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(1);
    const auto opened = open_store(options);
    const std::string told = opened ? "it was opened" : opened.error().message;
    _exit(write(ends[1], told.data(), told.size()) < 0);
  }
  close(ends[1]);
  char told[1024];
  const ssize_t length = read(ends[0], told, sizeof told);
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return std::string(told, length > 0 ? static_cast<std::size_t>(length) : 0);
}

TEST_F(StoreFile, ThatMayNotBeWrittenIsRefusedWithWhoMustBeAble) {
  using std::filesystem::perms;
  StoreOptions options;
  options.url = "sqlite:" + directory_.path() + "/florin.db";
  options.executor = &executor_;
  ASSERT_TRUE(migrate(options));
  std::filesystem::permissions(directory_.path() + "/florin.db", static_cast<perms>(0444));
  const std::string lock = directory_.path() + "/florin.db.lock";

  std::filesystem::remove(lock);
  std::filesystem::permissions(directory_.path(), static_cast<perms>(0777));
  EXPECT_THAT(told_to_nobody(options), HasSubstr("florin.db is read-only: the user that runs florind"));

  std::filesystem::remove(lock);
  std::filesystem::permissions(directory_.path(), static_cast<perms>(0555));
  EXPECT_THAT(told_to_nobody(options), HasSubstr("the database's directory must be writable"));
  std::filesystem::permissions(directory_.path(), perms::owner_all);
}

TEST_F(StoreFile, ThatDoesNotExistCannotBeReadOnly) {
  StoreOptions options;
  options.url = "sqlite:" + directory_.path() + "/florin.db";
  options.executor = &executor_;

  const auto looking = open_store_read_only(options);

  ASSERT_FALSE(looking);
  EXPECT_EQ(looking.error().kind, Error::Kind::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(directory_.path() + "/florin.db"));
}

TEST_F(StoreFile, UrlOfAnotherKindIsInvalid) {
  EXPECT_EQ(refusal("mysql://localhost/florin").kind, Error::Kind::kInvalid);
  EXPECT_EQ(refusal("sqlite:").kind, Error::Kind::kInvalid);
}

TEST_F(StoreFile, PostgresThatIsNotThereIsRefusedWithoutThePassword) {
  const Error refused = refusal("postgresql://florin:hunter2@/florin?host=" + directory_.path());

  EXPECT_EQ(refused.code, "store_unreachable");
  EXPECT_THAT(refused.message, HasSubstr(directory_.path()));
  EXPECT_THAT(refused.message, testing::Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace florin
