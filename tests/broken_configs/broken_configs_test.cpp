// Ten and more broken configurations and what `florin check` says of each, word for word: every folder
// here is a case, its expected.txt the faults. FLORIN_WRITE_GENERATED=1 writes what is said now, to be read
// before it is kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "kernel/platform/config/config.hpp"
#include "tests/support/fake_catalog.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;
const fs::path kFolder = fs::path(FLORIN_SOURCE_DIR) / "tests/broken_configs";

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder))
    if (fs::exists(entry.path() / "expected.txt")) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// Without the place of the source tree, which is another on every machine.
std::string told(const fs::path& folder, const std::vector<ConfigFault>& faults) {
  std::string all;
  for (const ConfigFault& fault : faults) all += fault.text() + "\n";
  const std::string prefix = folder.string() + "/", scripts = kFolder.string() + "/";
  for (const std::string& cut : {prefix, scripts})
    for (std::size_t at = 0; (at = all.find(cut)) != std::string::npos;) all.erase(at, cut.size());
  return all;
}

class BrokenConfig : public ::testing::TestWithParam<std::string> {};

TEST_P(BrokenConfig, IsToldEveryMistakeWithItsPlaceAndWhatToWriteInstead) {
  const fs::path folder = kFolder / GetParam();
  const ConfigOutcome outcome = load_config(folder.string(), {}, testing::FakeCatalog());
  EXPECT_FALSE(outcome.config);
  const std::string said = told(folder, outcome.faults);
  if (std::getenv("FLORIN_WRITE_GENERATED") != nullptr) std::ofstream(folder / "expected.txt") << said;
  std::ostringstream expected;
  expected << std::ifstream(folder / "expected.txt").rdbuf();
  EXPECT_EQ(said, expected.str());
}

INSTANTIATE_TEST_SUITE_P(Check, BrokenConfig, ::testing::ValuesIn(cases()),
                         [](const auto& chosen) { return chosen.param; });

TEST(BrokenConfigs, AreAtLeastTen) { EXPECT_GE(cases().size(), 10u); }

}  // namespace
}  // namespace florin
