// `${NAME}` and `file:`, resolved once when the configuration is read.
#include "kernel/platform/config/substitute.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

namespace florin {
namespace {

constexpr std::size_t kSecretFileBytesMost = 64 * 1024;
constexpr std::string_view kFile = "file:";

Error invalid(std::string message) { return {Error::Kind::kInvalid, std::move(message), "", ""}; }

bool is_name(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  return name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
         std::string_view::npos;
}

Result<Substituted> from_file(const std::string& written, const std::string& directory) {
  const std::filesystem::path path = std::filesystem::path(directory) / written.substr(kFile.size());
  FLORIN_TRY(text, read_whole_file(path.string(), kSecretFileBytesMost));
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return Substituted{std::move(text), true};
}

}  // namespace

Result<std::string> read_whole_file(const std::string& path, std::size_t bytes_most) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return invalid(fmt::format("{} cannot be read: {}", path, std::strerror(errno)));
  std::string text, why;
  struct stat info {};
  if (::fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) why = "it is no file";
  char buffer[16 * 1024];
  while (why.empty()) {
    const ssize_t got = ::read(file, buffer, sizeof buffer);
    if (got == 0) break;
    if (got < 0)
      why = std::strerror(errno);
    else
      text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > bytes_most) why = fmt::format("it is larger than {} bytes", bytes_most);
  }
  ::close(file);
  if (!why.empty()) return invalid(fmt::format("{} cannot be read: {}", path, why));
  return text;
}

Result<Substituted> substitute(const std::string& written, const std::string& directory) {
  if (written.starts_with(kFile)) return from_file(written, directory);
  Substituted out;
  for (std::size_t at = 0; at < written.size();) {
    const std::size_t dollar = written.find('$', at);
    if (dollar == std::string::npos) {
      out.text += written.substr(at);
      break;
    }
    out.text += written.substr(at, dollar - at);
    at = dollar;
    if (written.compare(at, 3, "$${") == 0) {
      out.text += "${";
      at += 3;
    } else if (written.compare(at, 2, "${") != 0) {
      out.text += '$';
      ++at;
    } else {
      const std::size_t end = written.find('}', at);
      if (end == std::string::npos) return invalid("\"${\" has no closing \"}\"");
      const std::string name = written.substr(at + 2, end - at - 2);
      if (!is_name(name))
        return invalid(fmt::format(
            "\"${{{}}}\" names no environment variable; letters, digits and _ make a name", name));
      const char* value = std::getenv(name.c_str());
      if (value == nullptr)
        return invalid(fmt::format("environment variable {} is not set; set it, or give file:<path>", name));
      out.text += value;
      out.from_outside = true;
      at = end + 1;
    }
  }
  return out;
}

}  // namespace florin
