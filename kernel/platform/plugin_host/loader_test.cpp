// Which files the plugin host refuses, and that it says which, why and what to do, without running them.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "kernel/platform/plugin_host/plugin_host.hpp"
#include "tests/support/store_fixture.hpp"

namespace {
using namespace florin;
using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class LoaderTest : public ::testing::Test {
 protected:
  LoaderTest() {
    for (const char* kind : {"providers", "notifiers", "fraud", "sandboxes"}) {
      fs::create_directory(folder() + "/" + kind);
      ::chmod((folder() + "/" + kind).c_str(), 0755);
    }
  }
  std::string folder() const { return directory_.path(); }

  // Puts a fixture under a kind, by default under its own name; answers its path.
  std::string put(const std::string& fixture, const std::string& kind, std::string as = "") {
    const std::string path = folder() + "/" + kind + "/" + (as.empty() ? fixture : as) + ".so";
    fs::copy_file(FLORIN_BINARY_DIR "/fixtures/plugins/" + fixture + ".so", path);
    ::chmod(path.c_str(), 0644);
    return path;
  }
  std::unique_ptr<PluginHost> open(bool sandboxes = false) {
    return PluginHost::open({.folder = folder(), .state_file = "", .sandboxes = sandboxes});
  }
  // The one plugin's status.
  PluginStatus only() {
    const auto all = open()->statuses();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? PluginStatus{} : all.front();
  }
  void expect_refused(const std::string& path, const std::string& reason, const std::string& remedy) {
    const PluginStatus status = only();
    EXPECT_EQ(status.state, PluginStatus::State::kRefused);
    EXPECT_THAT(status.why, AllOf(HasSubstr(path), HasSubstr(reason), HasSubstr(remedy)));
  }

  test::TemporaryDirectory directory_;
};

TEST_F(LoaderTest, SoundPluginIsLoadedUnderItsName) {
  put("misbehaving", "providers");
  const auto host = open();

  const auto all = host->statuses();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].state, PluginStatus::State::kLoaded) << all[0].why;
  EXPECT_EQ(all[0].version, "1.0.0");
  EXPECT_EQ(all[0].digest.size(), 64U);
  EXPECT_EQ(host->names(PluginKind::kProvider), std::vector<std::string>{"misbehaving"});
  ASSERT_NE(host->find(PluginKind::kProvider, "misbehaving"), nullptr);
  EXPECT_EQ(host->find(PluginKind::kNotifier, "misbehaving"), nullptr);
}

TEST_F(LoaderTest, SecondSymbolBecomesNobodyElses) {
  put("misbehaving", "providers");
  const auto host = open();

  EXPECT_EQ(::dlsym(RTLD_DEFAULT, "florin_fixture_second_symbol"), nullptr);
}

TEST_F(LoaderTest, AnotherSdkVersionIsRefusedBeforeAnyOfItsCodeRuns) {
  expect_refused(put("other_sdk", "providers"), "SDK version 999", "build it again");
}

TEST_F(LoaderTest, FileWithoutTheSectionIsRefusedBeforeAnyOfItsCodeRuns) {
  expect_refused(put("no_section", "providers"), ".florin.sdk", "florin_add_plugin()");
}

TEST_F(LoaderTest, FileThatOthersMayWriteIsRefused) {
  const std::string path = put("misbehaving", "providers");
  ::chmod(path.c_str(), 0666);
  expect_refused(path, "others may write", "chmod");
}

TEST_F(LoaderTest, FileOfAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const std::string path = put("misbehaving", "providers");
  ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
  expect_refused(path, "belongs to user 65534", "chown");
}

TEST_F(LoaderTest, FolderThatOthersMayWriteIsRefusedWhole) {
  put("misbehaving", "providers");
  ::chmod((folder() + "/providers").c_str(), 0777);
  expect_refused(folder() + "/providers", "others may write", "chmod");
}

TEST_F(LoaderTest, RootFolderThatOthersMayWriteIsRefusedWhole) {
  put("misbehaving", "providers");
  ::chmod(folder().c_str(), 0777);
  const auto host = open();
  EXPECT_TRUE(host->names(PluginKind::kProvider).empty());
  ASSERT_FALSE(host->statuses().empty());
  EXPECT_THAT(host->statuses().front().why, HasSubstr(folder() + " is refused"));
}

TEST_F(LoaderTest, SymbolicLinkIsRefused) {
  const std::string path = folder() + "/providers/misbehaving.so";
  fs::create_symlink(FLORIN_BINARY_DIR "/fixtures/plugins/misbehaving.so", path);
  expect_refused(path, "symbolic link", "put the file itself");
}

TEST_F(LoaderTest, FifoWithAPluginsNameDoesNotStopTheStart) {
  const std::string path = folder() + "/providers/acme.so";
  ASSERT_EQ(::mkfifo(path.c_str(), 0644), 0);
  expect_refused(path, "not a regular file", "take it out");
}

TEST_F(LoaderTest, TextFileIsRefused) {
  const std::string path = folder() + "/providers/acme.so";
  std::ofstream(path) << "#!/bin/sh\nexit 0\n" << std::string(100, '\n');
  ::chmod(path.c_str(), 0644);
  expect_refused(path, "not a shared object", "build it with");
}

TEST_F(LoaderTest, FileUnderAnotherNameThanItsPluginsIsRefused) {
  expect_refused(put("misbehaving", "providers", "stripe"), "calls itself \"misbehaving\"", "mend");
}

TEST_F(LoaderTest, NameThatNoPluginCanHaveIsRefused) {
  expect_refused(put("misbehaving", "providers", "Acme-1.2"), "a plugin's name", "rename");
}

TEST_F(LoaderTest, PluginInTheFolderOfAnotherKindIsRefused) {
  expect_refused(put("misbehaving", "notifiers"), "lies in the folder", "mend");
}

TEST_F(LoaderTest, DigestListAdmitsWhatItListsAndNothingElse) {
  put("misbehaving", "providers");
  const std::string path = put("throwing", "fraud");
  const std::string digest = open()->statuses().front().digest;
  const std::string list = folder() + "/SHA256SUMS";
  std::ofstream(list) << digest << "  providers/misbehaving.so\n" << std::string(64, '0') << "  fraud/throwing.so\n";
  ::chmod(list.c_str(), 0644);

  const auto host = open();

  EXPECT_EQ(host->names(PluginKind::kProvider).size(), 1U);
  EXPECT_TRUE(host->names(PluginKind::kFraudRule).empty());
  EXPECT_THAT(host->statuses().back().why, AllOf(HasSubstr(path), HasSubstr("digest")));

  ::chmod(list.c_str(), 0666);
  EXPECT_TRUE(open()->names(PluginKind::kProvider).empty()) << "a list that others may write admits nothing";
}

TEST_F(LoaderTest, SandboxesAreLoadedOnlyWhenAskedFor) {
  put("crashing_start", "sandboxes");
  EXPECT_TRUE(open(false)->statuses().empty());
  EXPECT_EQ(open(true)->names(PluginKind::kSandbox).size(), 1U);
}

TEST_F(LoaderTest, FolderThatIsNotThereIsSaid) {
  const auto host = PluginHost::open({.folder = folder() + "/elsewhere", .state_file = "", .sandboxes = false});
  ASSERT_FALSE(host->statuses().empty());
  EXPECT_THAT(host->statuses().front().why, HasSubstr("elsewhere does not exist"));
}
}  // namespace
