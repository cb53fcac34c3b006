// libFuzzer's door to a target.
#include "tests/fuzz/support/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  florin::fuzz_one(std::string_view(reinterpret_cast<const char*>(bytes), size));
  return 0;
}
