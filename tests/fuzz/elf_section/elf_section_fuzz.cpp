// A plugin's file before it is loaded: whatever its bytes are, a section is a part of them or an error.
#include "kernel/platform/plugin_host/elf_section.hpp"

#include "tests/fuzz/support/fuzz.hpp"

namespace florin {

void fuzz_one(std::string_view input) {
  for (const std::string_view name : {".florin.sdk", ".text", ""}) {
    const Result<std::string> section = elf_section(input, name);
    if (section) {
      FLORIN_CHECK(section->empty() || input.find(*section) != std::string_view::npos, "a section is in its file");
      continue;
    }
    const bool known = section.error().kind == Error::Kind::kInvalid || section.error().kind == Error::Kind::kNotFound;
    FLORIN_CHECK(known && !section.error().message.empty(), "an error says which of the two it is");
  }
}

}  // namespace florin
