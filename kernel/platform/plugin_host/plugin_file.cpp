// The checks that come before dlopen(): who may have written this file, and for which SDK it was built.
#include "kernel/platform/plugin_host/plugin_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include <florin/crypto.hpp>
#include <florin/plugin.hpp>

#include "kernel/platform/plugin_host/elf_section.hpp"

namespace florin {
namespace {

constexpr off_t kFileBytesMax = 256 << 20;  // A sanitized debug build has tens of megabytes.

Error denied(std::string sentence) {
  return {Error::Kind::kDenied, std::move(sentence), "plugin_refused", ""};
}

// Whoever can write a plugin runs code as us, so that must be root or ourselves.
std::optional<Error> writable_by_others(const struct stat& status, const std::string& path) {
  if (status.st_uid != 0 && status.st_uid != ::geteuid())
    return denied(fmt::format("{} is refused: it belongs to user {}, neither root nor the user Florin runs as; "
                              "chown it",
                              path, status.st_uid));
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return denied(fmt::format("{} is refused: others may write it (mode {:04o}); chmod go-w it", path,
                              status.st_mode & 07777));
  return std::nullopt;
}

// A read-only view of the whole file, for as long as it is looked at.
class Mapping {
 public:
  Mapping(int descriptor, std::size_t size)
      : size_(size), bytes_(::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0)) {}
  ~Mapping() {
    if (valid()) ::munmap(bytes_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  bool valid() const { return bytes_ != MAP_FAILED; }
  std::string_view view() const { return {static_cast<const char*>(bytes_), size_}; }

 private:
  std::size_t size_;
  void* bytes_;
};

std::optional<Error> sdk_version_fault(std::string_view bytes, const std::string& path) {
  const auto section = elf_section(bytes, ".florin.sdk");
  if (!section)
    return denied(fmt::format("{} is refused: {}; build it with florin_add_plugin() and FLORIN_PROVIDER (or its "
                              "like), or take it out of the folder",
                              path, section.error().message));
  std::string_view found = *section;
  found = found.substr(0, found.find('\0'));
  constexpr std::string_view expected = "florin-sdk=" FLORIN_PLUGIN_STRING(FLORIN_SDK_VERSION);
  if (found == expected) return std::nullopt;
  constexpr std::string_view label = "florin-sdk=";
  if (!found.starts_with(label) || found.size() > label.size() + 10)
    return denied(fmt::format("{} is refused: its section .florin.sdk is damaged; build it again", path));
  return denied(fmt::format("{} is refused: it was built for SDK version {}, this Florin has version {}; build it "
                            "again against this SDK",
                            path, found.substr(label.size()), FLORIN_SDK_VERSION));
}

Result<OpenFile> open_regular(const OpenFile& directory, const std::string& path, const std::string& name,
                              off_t& size) {
  // Not blocking: a fifo with a plugin's name must not stop the start.
  OpenFile file(::openat(directory.descriptor(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (file.descriptor() < 0 && errno == ELOOP)
    return denied(path + " is refused: it is a symbolic link; put the file itself into the folder");
  if (file.descriptor() < 0 && errno == ENOENT)
    return Error{Error::Kind::kNotFound, path + " does not exist", "", ""};
  if (file.descriptor() < 0)
    return denied(fmt::format("{} is refused: it cannot be opened ({}); make it readable for Florin's user", path,
                              std::strerror(errno)));
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0 || !S_ISREG(status.st_mode))
    return denied(path + " is refused: it is not a regular file; take it out of the folder");
  if (auto fault = writable_by_others(status, path)) return *fault;
  size = status.st_size;
  if (size == 0 || size > kFileBytesMax)
    return denied(fmt::format("{} is refused: its size of {} bytes is not a plugin's; build it again", path, size));
  return Result<OpenFile>(std::move(file));
}

}  // namespace

OpenFile::OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}
OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}
int OpenFile::keep_open() { return std::exchange(descriptor_, -1); }

Result<OpenFile> open_plugin_folder(const std::string& path) {
  OpenFile folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.descriptor() < 0 && errno == ENOENT)
    return Error{Error::Kind::kNotFound, path + " does not exist", "", ""};
  if (folder.descriptor() < 0)
    return denied(fmt::format("{} is refused: it cannot be opened ({})", path, std::strerror(errno)));
  struct stat status {};
  if (::fstat(folder.descriptor(), &status) != 0)
    return denied(fmt::format("{} is refused: it cannot be examined ({})", path, std::strerror(errno)));
  if (auto fault = writable_by_others(status, path)) return *fault;
  return Result<OpenFile>(std::move(folder));
}

Result<PluginFile> open_plugin_file(const OpenFile& directory, const std::string& folder,
                                    const std::string& name) {
  const std::string path = folder + "/" + name;
  off_t size = 0;
  auto file = open_regular(directory, path, name, size);
  if (!file) return file.error();
  const Mapping mapping(file->descriptor(), static_cast<std::size_t>(size));
  if (!mapping.valid())
    return denied(fmt::format("{} is refused: it cannot be read ({})", path, std::strerror(errno)));
  if (auto fault = sdk_version_fault(mapping.view(), path)) return *fault;
  return PluginFile{std::move(*file), to_hex(sha256(mapping.view()))};
}

Result<std::map<std::string, std::string>> read_digest_list(const OpenFile& directory,
                                                            const std::string& folder) {
  const std::string path = folder + "/SHA256SUMS";
  off_t size = 0;
  auto file = open_regular(directory, path, "SHA256SUMS", size);
  std::map<std::string, std::string> digests;
  if (!file && file.error().kind == Error::Kind::kNotFound) return digests;
  if (!file) return file.error();
  const Mapping mapping(file->descriptor(), static_cast<std::size_t>(size));
  if (!mapping.valid()) return denied(path + " is refused: it cannot be read");
  std::istringstream lines{std::string(mapping.view())};
  for (std::string line; std::getline(lines, line);) {
    // "<64 hex digits>  <name>", or " *<name>" for binary mode: sha256sum(1).
    if (line.size() < 67 || line[64] != ' ' || (line[65] != ' ' && line[65] != '*'))
      return denied(path + " is refused: it is not what sha256sum writes; make it again: sha256sum */*.so > SHA256SUMS");
    digests[line.substr(66)] = line.substr(0, 64);
  }
  return digests;
}

}  // namespace florin
