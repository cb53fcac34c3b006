// Policies as the kernel uses them: compiled once, run by many threads, refused with a place.
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/platform/lua/policy.hpp"

namespace florin {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

TEST(Policy, IsKnownByItsNameAndTheDigestOfItsSource) {
  const auto policy = compile_policy("routing/x", "return function() end");
  ASSERT_TRUE(policy);
  EXPECT_EQ((*policy)->name(), "routing/x");
  EXPECT_EQ((*policy)->version().size(), 12u);
  EXPECT_NE((*policy)->version(), (*compile_policy("routing/x", "return function() end "))->version());
}

TEST(Policy, ASourceThatDoesNotParseIsRefusedWithFileAndLine) {
  const auto policy = compile_policy("routing/x", "return function()\n  oops oops\nend");
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().kind, Error::Kind::kInvalid);
  EXPECT_THAT(policy.error().message, HasSubstr("routing/x.lua:2:"));
}

TEST(Policy, BytecodeIsRefused) {
  EXPECT_THAT(compile_policy("x", "\x1bLua\x54").error().message, HasSubstr("binary chunk"));
}

TEST(Policy, ABudgetTooSmallForLuaItselfIsRefusedAndNotTheEndOfTheProcess) {
  for (const std::size_t bytes : {0u, 1000u, 20'000u, 40'000u}) {
    PolicyBudget budget;
    budget.bytes = bytes;
    const auto policy = compile_policy("x", "return function() end", budget);
    if (policy) continue;
    EXPECT_THAT(policy.error().message, HasSubstr("x.lua"));
  }
}

TEST(Policy, AFailureNamesFileAndLineAndTheNextRunIsGood) {
  const auto policy = *compile_policy("routing/x", "return function(p)\n  return { p.card.country }\nend");
  EXPECT_EQ(policy->run_json({Json{{"card", {{"country", "PT"}}}}}).value, Json{"PT"});
  const PolicyResult failed = policy->run_json({Json::object()});
  EXPECT_FALSE(failed.ok);
  EXPECT_EQ(failed.why, "routing/x.lua:2: attempt to index a nil value (field 'card')");
  EXPECT_EQ(policy->run_json({Json{{"card", {{"country", "JP"}}}}}).value, Json{"JP"});
}

TEST(Policy, ARunSaysWhatItSpent) {
  const auto policy = *compile_policy("x", "return function(n) for _ = 1, n do end return {} end");
  EXPECT_LT(policy->run_json({10}).instructions, 1'000);
  const PolicyResult longer = policy->run_json({100'000});
  EXPECT_GE(longer.instructions, 100'000);
  EXPECT_LE(longer.instructions, 110'000);
  EXPECT_GT(longer.took.count(), 0);
}

TEST(Policy, ThreadsRunItAtTheSameTimeWithoutMixingTheirArguments) {
  const auto policy = *compile_policy("x", "return function(n) local s = 0 for i = 1, 100 do s = s + n end return s end");
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n)
    threads.emplace_back([&, n] {
      for (int i = 0; i < 500; ++i) {
        const PolicyResult result = policy->run_json({n});
        if (!result.ok || result.value != n * 100) ++wrong;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Policy, AWarmStateDoesNotGrowOverManyRuns) {
  PolicyBudget tight;
  tight.bytes = 512 * 1024;
  const auto policy = *compile_policy("x", "return function(p) local t = {} for i = 1, 50 do t[i] = p.name .. i end return t end", tight);
  for (int i = 0; i < 5'000; ++i) {
    const PolicyResult result = policy->run_json({Json{{"name", std::to_string(i)}}});
    ASSERT_TRUE(result.ok) << i << ": " << result.why;
  }
}

class PolicyFiles : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / ("florin-policies-" + std::to_string(::getpid()) + "-" +
                                        testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(dir_ / "routing");
  }
  void TearDown() override { fs::remove_all(dir_); }
  void write(const std::string& file, const std::string& text) { std::ofstream(dir_ / file) << text; }
  fs::path dir_;
};

TEST_F(PolicyFiles, AreLoadedByNameBelowTheScriptsFolder) {
  write("routing/mine.lua", "return function() return { routes = { 'a' } } end");
  const auto policy = load_policy(dir_.string(), "routing/mine");
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ((*policy)->run_json({}).value, (Json{{"routes", {"a"}}}));
}

TEST_F(PolicyFiles, ANameThatLeavesTheScriptsFolderIsRefused) {
  write("outside.lua", "return function() end");
  for (const char* name : {"../outside", "routing/../../outside", "/etc/passwd", "", "routing/.."})
    EXPECT_EQ(load_policy((dir_ / "routing").string(), name).error().kind, Error::Kind::kInvalid) << name;
  EXPECT_THAT(load_policy(dir_.string(), "routing/none").error().message, HasSubstr("cannot be read"));
}

TEST_F(PolicyFiles, TestsAreRunAndAFailureSaysWhatDiffered) {
  fs::copy_file(FLORIN_SOURCE_DIR "/scripts/testing.lua", dir_ / "testing.lua");
  write("routing/mine.lua", "return function(p) return { routes = { p.method } } end");
  write("routing/mine_test.lua", R"(return {
    ["a good one"] = function(t) t.equal(t.policy("routing/mine")(t.payment()).routes, { "card" }) end,
    ["b differs"] = function(t) t.equal(t.policy("routing/mine")(t.payment()), { routes = { "cash" } }) end,
    ["c never ends"] = function(t) while true do end end,
    ["d asks for what is not there"] = function(t) t.policy("routing/none") end,
    ["e expects a failure"] = function(t) t.fails(function() t.policy("routing/mine")(nil) end, "mine.lua:1:") end,
  })");
  write("routing/broken_test.lua", "return 1");
  const auto results = run_policy_tests(dir_.string());
  ASSERT_EQ(results.size(), 6u);
  EXPECT_EQ(results[0].file, "routing/broken_test.lua");
  EXPECT_THAT(results[0].why, HasSubstr("a test file returns a table"));
  EXPECT_TRUE(results[1].passed) << results[1].why;
  EXPECT_EQ(results[2].why, R"(routing/mine_test.lua:3: at routes.1: expected "cash", got "card")");
  EXPECT_THAT(results[3].why, HasSubstr("stopped after"));
  EXPECT_THAT(results[4].why, HasSubstr("cannot be read"));
  EXPECT_TRUE(results[5].passed) << results[5].why;
}

TEST_F(PolicyFiles, WithoutHelpersNoTestPasses) {
  const auto results = run_policy_tests(dir_.string());
  ASSERT_EQ(results.size(), 1u);
  EXPECT_FALSE(results[0].passed);
}

}  // namespace
}  // namespace florin
