// What reading a plugin's ELF section promises: the right bytes of a good file, an Error for any other.
#include "kernel/platform/plugin_host/elf_section.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include <florin/plugin.hpp>

namespace {
using florin::elf_section;

std::string good_plugin() {
  std::ifstream file(FLORIN_BINARY_DIR "/fixtures/plugins/misbehaving.so", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ElfSection, IsReadByItsName) {
  const auto section = elf_section(good_plugin(), ".florin.sdk");

  ASSERT_TRUE(section) << section.error().message;
  EXPECT_EQ(section->substr(0, section->find('\0')), "florin-sdk=" FLORIN_PLUGIN_STRING(FLORIN_SDK_VERSION));
}

TEST(ElfSection, AbsentOneIsNotFound) {
  EXPECT_EQ(elf_section(good_plugin(), ".florin.other").error().kind, florin::Error::Kind::kNotFound);
}

TEST(ElfSection, FileCutAnywhereIsAnErrorAndNothingWorse) {
  const std::string whole = good_plugin();
  // The section table is at the end: every cut loses some of it.
  for (std::size_t size = 0; size < whole.size(); size += 1 + size / 16)
    EXPECT_FALSE(elf_section(whole.substr(0, size), ".florin.sdk")) << size;
}

TEST(ElfSection, AnyByteOfTheTablesMayLie) {
  const std::string whole = good_plugin();
  std::mt19937 random(7);
  const std::size_t table = whole.size() - whole.size() / 8;
  for (int round = 0; round < 3000; ++round) {
    std::string file = whole;
    for (int change = 0; change < 4; ++change) {
      const std::size_t place = round % 2 == 0 ? random() % 64 : table + random() % (whole.size() - table);
      file[place] = static_cast<char>(random());
    }
    // Whatever it answers, it reads no byte outside (the sanitized build would say so).
    const auto section = elf_section(file, ".florin.sdk");
    EXPECT_TRUE(!section || section->size() <= file.size());
  }
}

TEST(ElfSection, OffsetsNearTheTopOfTheAddressSpaceDoNotWrap) {
  std::string file = good_plugin();
  for (std::size_t place = 40; place < 48; ++place) file[place] = '\xff';  // e_shoff

  EXPECT_FALSE(elf_section(file, ".florin.sdk"));
}
}  // namespace
