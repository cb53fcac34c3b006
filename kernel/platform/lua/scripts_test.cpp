// The policies that Florin ships: each compiles, opens with what it is given and answers, and has tests
// that pass.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/platform/lua/policy.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;
const std::string kScripts = FLORIN_SOURCE_DIR "/scripts";

// "routing/static_order", …: every policy in scripts/.
std::vector<std::string> shipped() {
  std::vector<std::string> names;
  for (const char* kind : {"routing", "risk"})
    for (const auto& entry : fs::directory_iterator(fs::path(kScripts) / kind)) {
      const std::string stem = entry.path().stem().string();
      if (entry.path().extension() == ".lua" && !stem.ends_with("_test")) names.push_back(std::string(kind) + "/" + stem);
    }
  return names;
}

TEST(Scripts, EveryPolicyCompilesSaysWhatItIsForAndHasATest) {
  const auto names = shipped();
  EXPECT_GE(names.size(), 8u);
  for (const std::string& name : names) {
    const auto policy = load_policy(kScripts, name);
    EXPECT_TRUE(policy) << policy.error().message;
    EXPECT_TRUE(fs::exists(kScripts + "/" + name + "_test.lua")) << name;
    std::ostringstream source;
    source << std::ifstream(kScripts + "/" + name + ".lua").rdbuf();
    EXPECT_THAT(source.str(), testing::StartsWith("-- ")) << name;
    EXPECT_THAT(source.str(), testing::HasSubstr("\n-- given    ")) << name;
    EXPECT_THAT(source.str(), testing::HasSubstr("\n-- answers  ")) << name;
  }
}

TEST(Scripts, EveryPolicyTestPasses) {
  const auto results = run_policy_tests(kScripts);
  EXPECT_GE(results.size(), 30u);
  for (const PolicyTestResult& result : results)
    EXPECT_TRUE(result.passed) << result.file << ": " << result.name << "\n" << result.why;
}

}  // namespace
}  // namespace florin
