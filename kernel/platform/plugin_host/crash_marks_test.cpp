// A plugin that takes the process down is known at the next start and left out after the second time;
// one that only happened to be running when we were killed is not. Each death is a real one, in a child.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "kernel/platform/plugin_host/crash_marks.hpp"
#include "kernel/platform/plugin_host/plugin_host.hpp"
#include "tests/support/provider_requests.hpp"
#include "tests/support/store_fixture.hpp"

namespace {
using namespace florin;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

// A door that kills us from outside of the plugin's code, as a power cut would.
class KillingDoor final : public Http {
 public:
  Task<Result<HttpResponse>> send(const HttpRequest&) override {
    ::raise(SIGKILL);
    co_return Error{Error::Kind::kBroken, "not reached", "", ""};
  }
};

class CrashMarksTest : public ::testing::Test {
 protected:
  std::string state_file() const { return directory_.path() + "/plugins.state"; }
  std::unique_ptr<PluginHost> open() const {
    return PluginHost::open({.folder = folder_,
                             .state_file = state_file(),
                             .sandboxes = true,
                             .step_limit = std::chrono::milliseconds(250)});
  }

  // A process in which a payment makes the plugin do `how`; answers how that process ended (waitpid's).
  int die(const std::string& how) const {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto host = open();
      const auto provider = host->make_provider("misbehaving", Settings());
      if (!provider) ::_exit(99);  // Quarantined.
      KillingDoor door;
      AuthorizeRequest request =
          test_support::sale(test_support::card("4242424242424242"), Money(1200, Currency::of("EUR")));
      request.description = how;
      static_cast<void>((*provider)->authorize(request, door).run());
      ::_exit(98);
    }
    int ended = 0;
    ::waitpid(child, &ended, 0);
    return ended;
  }
  PluginStatus status(const std::string& name = "misbehaving") const {
    for (const auto& each : open()->statuses())
      if (each.name == name) return each;
    return {};
  }
  std::vector<CrashMarks::Finding> findings() const {
    return (*CrashMarks::open({state_file(), std::chrono::milliseconds(0)}))->findings();
  }
  void expect_quarantined_after_two(const std::string& how) {
    die(how);
    EXPECT_EQ(status().state, PluginStatus::State::kLoaded) << "the first time it starts again";
    die(how);
    EXPECT_EQ(status().state, PluginStatus::State::kQuarantined);
    EXPECT_THAT(status().why, HasSubstr("misbehaving.so is quarantined"));
    EXPECT_EQ(WEXITSTATUS(die(how)), 99) << "it is not asked any more";
  }

  std::string folder_ = FLORIN_BINARY_DIR "/fixtures/by_kind";
  test::TemporaryDirectory directory_;
};

TEST_F(CrashMarksTest, PluginThatAbortsTwiceStartsQuarantined) { expect_quarantined_after_two("abort"); }
TEST_F(CrashMarksTest, PluginThatSegfaultsTwiceStartsQuarantined) { expect_quarantined_after_two("segfault"); }
TEST_F(CrashMarksTest, PluginThatCallsExitTwiceStartsQuarantined) { expect_quarantined_after_two("exit"); }
TEST_F(CrashMarksTest, PluginThatEndsTheProcessWithoutFarewellIsNoBetter) {
  for (const char* how : {"_exit", "_Exit", "quick_exit"}) {
    fs::remove(state_file());
    const int ended = die(how);
    EXPECT_TRUE(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGABRT) << how << " must not look like a clean end";
    const auto found = findings();
    ASSERT_EQ(found.size(), 1U) << how;
    EXPECT_TRUE(found[0].fault);
    EXPECT_THAT(found[0].how, HasSubstr("called exit()"));
  }
}
TEST_F(CrashMarksTest, WhatAPluginsOwnThreadDoesIsThePluginsDoing) {
  expect_quarantined_after_two("throw on a thread");
}
TEST_F(CrashMarksTest, ExitOnAPluginsOwnThreadIsThePluginsDoing) { expect_quarantined_after_two("exit on a thread"); }
TEST_F(CrashMarksTest, ExceptionThatMayNotLeaveIsThePluginsDoing) {
  expect_quarantined_after_two("throw where nothing may");
}
TEST_F(CrashMarksTest, PluginThatRunsOutOfStackTwiceStartsQuarantined) {
  expect_quarantined_after_two("run out of stack");
}
TEST_F(CrashMarksTest, PluginWhoseStepNeverEndsIsEndedAndStartsQuarantined) {
  expect_quarantined_after_two("hang");
}

TEST_F(CrashMarksTest, NextStartSaysWhichPluginItWasAndHow) {
  EXPECT_EQ(WTERMSIG(die("abort")), SIGABRT) << "the signal still ends the process as it would have";

  const auto found = findings();

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].plugin, "provider misbehaving");
  EXPECT_TRUE(found[0].fault);
  EXPECT_THAT(found[0].how, HasSubstr("signal 6"));
}

TEST_F(CrashMarksTest, DeathWhileADoorIsInUseAccusesNobody) {
  EXPECT_EQ(WTERMSIG(die("")), SIGKILL);
  EXPECT_TRUE(findings().empty());
}

TEST_F(CrashMarksTest, DeathWithoutProofIsASuspicionThatCountsOnlyFiveTimesInARow) {
  for (int time = 1; time < CrashMarks::kSuspicionsToQuarantine; ++time) {
    EXPECT_EQ(WTERMSIG(die("kill")), SIGKILL);
  }
  EXPECT_EQ(status().state, PluginStatus::State::kLoaded) << "four may be chance";
  die("");  // An end without it: the count starts again.
  for (int time = 1; time <= CrashMarks::kSuspicionsToQuarantine; ++time) {
    EXPECT_EQ(WTERMSIG(die("kill")), SIGKILL) << time;
  }
  EXPECT_EQ(status().state, PluginStatus::State::kQuarantined);
}

TEST_F(CrashMarksTest, LiftedQuarantineHoldsFromTheNextStart) {
  die("abort");
  die("abort");
  {
    const auto host = open();
    EXPECT_TRUE(host->lift_quarantine("misbehaving"));
    EXPECT_FALSE(host->make_provider("misbehaving", Settings())) << "this start has left it out";
    EXPECT_EQ(host->lift_quarantine("throwing").error().kind, Error::Kind::kNotFound);
  }
  EXPECT_EQ(status().state, PluginStatus::State::kLoaded);
}

TEST_F(CrashMarksTest, RebuiltPluginStartsAfresh) {
  const auto marks = [this] { return *CrashMarks::open({state_file(), std::chrono::milliseconds(0)}); };
  die("abort");
  die("abort");
  const std::string digest = status().digest;

  EXPECT_TRUE(marks()->quarantined(marks()->number_of("provider misbehaving", digest)));
  const auto again = marks();
  EXPECT_FALSE(again->quarantined(again->number_of("provider misbehaving", std::string(64, '0'))));
}

TEST_F(CrashMarksTest, PluginThatCrashesWhileItIsLoadedIsLeftOutToo) {
  // Copies: what this process has loaded already would not be started again in its child.
  folder_ = directory_.path() + "/plugins";
  fs::copy(FLORIN_BINARY_DIR "/fixtures/by_kind", folder_, fs::copy_options::recursive);
  for (int time = 0; time < 2; ++time) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::setenv("FLORIN_FIXTURE_CRASH", "1", 1);
      open();
      ::_exit(98);
    }
    int ended = 0;
    ::waitpid(child, &ended, 0);
    ASSERT_TRUE(WIFSIGNALED(ended));
  }
  EXPECT_EQ(status("crashing_start").state, PluginStatus::State::kQuarantined);
  EXPECT_EQ(status().state, PluginStatus::State::kLoaded) << "the others start";
}

TEST_F(CrashMarksTest, DamagedStateFileIsForgottenAndNothingStops) {
  die("abort");
  die("abort");
  std::fstream file(state_file(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(16 + 60);
  file.put('!');
  file.close();
  EXPECT_EQ(status().state, PluginStatus::State::kLoaded);

  std::ofstream(state_file(), std::ios::trunc) << "not a state file";
  EXPECT_EQ(status().state, PluginStatus::State::kLoaded);
}

TEST_F(CrashMarksTest, ToolThatLooksWhileADaemonRunsLeavesItsMarksAlone) {
  die("abort");
  die("abort");
  const auto daemon = open();

  const auto tool = open();

  EXPECT_FALSE(tool->make_provider("misbehaving", Settings())) << "it sees the quarantine";
  EXPECT_EQ(tool->lift_quarantine("misbehaving").error().kind, Error::Kind::kConflict);
  EXPECT_TRUE(daemon->lift_quarantine("misbehaving"));
}

TEST_F(CrashMarksTest, StateFileThatCannotBeOpenedDoesNotStopTheStart) {
  const auto host = PluginHost::open({.folder = FLORIN_BINARY_DIR "/fixtures/by_kind",
                                      .state_file = directory_.path() + "/no/such/folder/state",
                                      .sandboxes = false});
  EXPECT_TRUE(host->make_provider("misbehaving", Settings()));
}
}  // namespace
