// ELF-64 section look-up (System V gABI, chapter 4), every offset checked against the file's end.
#include "kernel/platform/plugin_host/elf_section.hpp"

#include <elf.h>

#include <cstring>
#include <optional>

namespace florin {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "say here which ELF machine a plugin must be built for"
#endif

// Copies, because nothing promises that the file's structures are aligned.
template <class T>
std::optional<T> read_at(std::string_view file, std::uint64_t offset) {
  if (offset > file.size() || file.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, file.data() + offset, sizeof(T));
  return value;
}

std::optional<std::string_view> slice(std::string_view file, std::uint64_t offset, std::uint64_t size) {
  if (offset > file.size() || file.size() - offset < size) return std::nullopt;
  return file.substr(offset, size);
}

std::optional<std::string_view> contents(std::string_view file, const Elf64_Shdr& section) {
  if (section.sh_type == SHT_NOBITS) return std::nullopt;
  return slice(file, section.sh_offset, section.sh_size);
}

Error invalid(std::string why) { return {Error::Kind::kInvalid, std::move(why), "not_a_plugin", ""}; }

std::optional<Error> header_fault(const Elf64_Ehdr& header) {
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return invalid("it is not a shared object (ELF)");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != kMachine)
    return invalid("it was built for another kind of machine");
  if (header.e_type != ET_DYN) return invalid("it is an ELF file, but not a shared object");
  if (header.e_shentsize != sizeof(Elf64_Shdr)) return invalid("its section table is damaged");
  return std::nullopt;
}

}  // namespace

Result<std::string> elf_section(std::string_view file, std::string_view name) {
  const auto header = read_at<Elf64_Ehdr>(file, 0);
  if (!header) return invalid("it is too short for a shared object");
  if (auto fault = header_fault(*header)) return *fault;

  const auto section = [&](std::uint64_t index) -> std::optional<Elf64_Shdr> {
    // At most 2^16 entries of 64 bytes above e_shoff: the sum wraps only for offsets that read_at refuses.
    if (header->e_shoff > file.size()) return std::nullopt;
    return read_at<Elf64_Shdr>(file, header->e_shoff + index * sizeof(Elf64_Shdr));
  };
  const auto names_section = section(header->e_shstrndx);
  const auto names = names_section ? contents(file, *names_section) : std::nullopt;
  if (!names) return invalid("its section table is damaged");

  for (std::uint64_t index = 0; index < header->e_shnum; ++index) {
    const auto each = section(index);
    if (!each || each->sh_name >= names->size()) return invalid("its section table is damaged");
    const std::string_view rest = names->substr(each->sh_name);
    if (rest.substr(0, rest.find('\0')) != name) continue;
    const auto bytes = contents(file, *each);
    if (!bytes) return invalid("its section " + std::string(name) + " is damaged");
    return std::string(*bytes);
  }
  return Error{Error::Kind::kNotFound, "it has no section " + std::string(name), "not_a_plugin", ""};
}

}  // namespace florin
