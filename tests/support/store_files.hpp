// A SQLite store whose files a test opens, damages and puts back, as bytes.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "kernel/platform/store/open.hpp"
#include "tests/support/store_fixture.hpp"

namespace florin::test {

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}
inline std::string flipped(std::string bytes, std::size_t at, unsigned by) {
  bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ by);
  return bytes;
}

class StoreFiles : public testing::Test {
 protected:
  explicit StoreFiles(MigrationList migrations) : migrations_(std::move(migrations)) {}

  StoreOptions options() {
    StoreOptions made;
    made.url = "sqlite:" + file_;
    made.executor = &executor_;
    made.migrations = &migrations_;
    made.readers = 1;
    return made;
  }

  const TemporaryDirectory directory_;
  const std::string file_ = directory_.path() + "/florin.db";
  const MigrationList migrations_;
  ThreadExecutor executor_{1};
};

}  // namespace florin::test
