// What `florin plugin new` writes, and what it refuses. That the result builds, loads and takes a payment is
// tests/plugin_sdk's to show.
#include "kernel/app/plugin_new/plugin_new.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/support/store_fixture.hpp"

namespace {
using namespace florin;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(PluginNew, WritesAWholeFolderOfEachKindWithoutABlankLeftOpen) {
  const test::TemporaryDirectory temporary;
  for (const char* kind : {"provider", "notifier", "fraud"}) {
    const std::string folder = temporary.path() + "/" + kind;
    const auto written = write_plugin_folder(kind, "acme_pay", folder);
    ASSERT_TRUE(written) << written.error().message;
    for (const char* file : {"CMakeLists.txt", "schema.json", "README.md", "acme_pay_test.cpp"})
      EXPECT_THAT(*written, Contains(folder + "/" + file)) << kind;
    for (const std::string& path : *written) {
      EXPECT_THAT(text_of(path), Not(HasSubstr("@name@"))) << path;
      EXPECT_THAT(text_of(path), Not(HasSubstr("@Name@"))) << path;
      EXPECT_THAT(text_of(path), Not(::testing::IsEmpty())) << path;
    }
  }
  EXPECT_THAT(text_of(temporary.path() + "/provider/provider.cpp"), HasSubstr("class AcmePayProvider"));
}

TEST(PluginNew, TouchesNothingThatIsThere) {
  const test::TemporaryDirectory temporary;
  ASSERT_TRUE(write_plugin_folder("fraud", "acme", temporary.path() + "/acme"));
  EXPECT_EQ(write_plugin_folder("fraud", "acme", temporary.path() + "/acme").error().kind, Error::Kind::kConflict);
}

TEST(PluginNew, RefusesNamesAndKindsThatTheHostWouldRefuse) {
  const test::TemporaryDirectory temporary;
  EXPECT_EQ(write_plugin_folder("provider", "../acme", temporary.path() + "/a").error().param, "name");
  EXPECT_EQ(write_plugin_folder("provider", "Acme", temporary.path() + "/a").error().param, "name");
  EXPECT_EQ(write_plugin_folder("wallet", "acme", temporary.path() + "/a").error().param, "kind");
}
}  // namespace
