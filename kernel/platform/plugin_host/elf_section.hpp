// Reads one section out of an ELF file's bytes without loading it: dlopen() runs code, so what a plugin
// says of itself must be read before. Only 64-bit little-endian files of this machine's kind.
#pragma once

#include <string>
#include <string_view>

#include <florin/result.hpp>

namespace florin {

// The section's bytes. Errors: kInvalid (not such a file, or cut short), kNotFound (no such section). The
// messages are clauses for "FILE is refused: ...". Safe on any bytes.
Result<std::string> elf_section(std::string_view file, std::string_view name);

}  // namespace florin
