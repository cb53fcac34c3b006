// Reads a provider's recorded answer: plugins/providers/<provider>/recordings/<name>.json.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace florin::test_support {

inline std::string read_text_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << "cannot read " << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::string recorded(const std::string& provider, const std::string& name) {
  return read_text_file(std::string(FLORIN_SOURCE_DIR) + "/plugins/providers/" + provider + "/recordings/" +
                        name + ".json");
}

}  // namespace florin::test_support
