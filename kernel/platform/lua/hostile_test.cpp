// Law 9 against the corpus in hostile/: every policy there is stopped within twice its budget and answered
// with the sentence that its second line expects, and afterwards the engine runs a good policy as before.
#include <time.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/platform/lua/policy.hpp"
#include "tests/support/slowdown.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

using test_support::kSlowdown;

Duration thread_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::duration_cast<Duration>(std::chrono::seconds(now.tv_sec) +
                                              std::chrono::nanoseconds(now.tv_nsec));
}

std::vector<fs::path> corpus() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(FLORIN_SOURCE_DIR "/kernel/platform/lua/hostile"))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::string expectation(const std::string& source) {
  const std::string mark = "-- expects: ";
  const std::size_t from = source.find(mark) + mark.size();
  return source.substr(from, source.find('\n', from) - from);
}

// Sanitized code needs longer to reach the limits that are not time's.
PolicyBudget budget_here() {
  PolicyBudget budget;
  budget.wall *= kSlowdown;
  return budget;
}

// Compiles and runs; what was wrong, or "" when nothing was.
std::string complaint_of(const std::string& name, const std::string& source) {
  const auto policy = compile_policy(name, source, budget_here());
  if (!policy) return policy.error().message;
  const PolicyResult result = (*policy)->run_json({Json{{"amount_minor", 1200}}, Json::object()});
  return result.ok ? "" : result.why;
}

class Hostile : public testing::TestWithParam<fs::path> {};

TEST_P(Hostile, IsStoppedWithinTwiceItsBudgetWithASentence) {
  const std::string source = read(GetParam());
  const auto good = compile_policy("good", "return function(p) return { twice = p.amount_minor * 2 } end");
  ASSERT_TRUE(good);

  const Duration before = thread_time();
  const std::string why = complaint_of(GetParam().stem().string(), source);
  const Duration took = thread_time() - before;

  EXPECT_THAT(why, testing::HasSubstr(expectation(source)));
  EXPECT_LT(why.size(), 700u);
  EXPECT_LE(took, 2 * budget_here().wall);
  const PolicyResult after = (*good)->run_json({Json{{"amount_minor", 21}}});
  ASSERT_TRUE(after.ok) << after.why;
  EXPECT_EQ(after.value, (Json{{"twice", 42}}));
}

INSTANTIATE_TEST_SUITE_P(Corpus, Hostile, testing::ValuesIn(corpus()),
                         [](const auto& given) { return given.param.stem().string(); });

TEST(HostileCorpus, EndsTheSameWhenTheOnlyLimitIsTime) {
  PolicyBudget budget;
  budget.instructions = std::int64_t{1} << 40;
  for (const char* name : {"endless_loop", "pcall_loop", "coroutine_swallows", "coroutine_short_runs",
                           "pattern_find", "string_compare", "string_rep_again", "table_move_far"}) {
    const fs::path file = fs::path(FLORIN_SOURCE_DIR "/kernel/platform/lua/hostile") / (std::string(name) + ".lua");
    const auto policy = compile_policy(name, read(file), budget);
    ASSERT_TRUE(policy) << policy.error().message;
    const Duration before = thread_time();
    const PolicyResult result = (*policy)->run_json({});
    EXPECT_FALSE(result.ok) << name;
    EXPECT_THAT(result.why, testing::HasSubstr("its budget")) << name;
    EXPECT_LE(thread_time() - before, 2 * kSlowdown * budget.wall) << name;
  }
}

}  // namespace
}  // namespace florin
