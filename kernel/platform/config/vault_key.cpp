// Makes or reads the test mode's vault key. Written aside and linked into place, so that of two starts at
// once one key wins and a crash never leaves half of one.
#include "kernel/platform/config/vault_key.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <florin/crypto.hpp>

#include "kernel/platform/config/substitute.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kSqlite = "sqlite:";

fs::path key_path(const AppConfig& config) {
  const std::string& url = config.store.url;
  if (!url.starts_with(kSqlite)) return "var/vault.key";
  return fs::path(url.substr(kSqlite.size())).parent_path() / "vault.key";
}

Error unavailable(const fs::path& path, const char* what) {
  return {
      Error::Kind::kUnavailable,
      fmt::format(
          "{} cannot be {}: {}; florind needs to keep the vault key there, or give vault.key in florin.yaml",
          path.string(), what, std::strerror(errno)),
      "", ""};
}

bool sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced;
}

// Whole on disk and closed, or gone.
bool write_durably(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const bool written =
      ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written) ::unlink(path.c_str());
  return written;
}

Result<Done> make_key(const fs::path& path, Random& random) {
  std::error_code failed;
  if (!path.parent_path().empty()) fs::create_directories(path.parent_path(), failed);
  const std::string aside = fmt::format("{}.{}", path.string(), to_hex(random.bytes(8)));
  if (!write_durably(aside, to_base64(random.bytes(32)) + "\n")) return unavailable(path, "written");
  const bool linked = ::link(aside.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const int why = errno;
  ::unlink(aside.c_str());
  errno = why;
  if (!linked || !sync_folder(path.parent_path())) return unavailable(path, "written");
  return Done{};
}

Result<Secret> read_key(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return unavailable(path, "read");
  if ((info.st_mode & 077) != 0)
    return Error{Error::Kind::kInvalid,
                 fmt::format("{0} can be read by others; chmod 600 {0}", path.string()), "", ""};
  FLORIN_TRY(text, read_whole_file(path.string(), 4096));
  if (text.ends_with('\n')) text.pop_back();
  const auto bytes = from_base64(text);
  if (!bytes || bytes->size() != 32)
    return Error{
        Error::Kind::kInvalid,
        fmt::format(
            "{} holds no key (32 bytes in base64); restore it, because what the database holds sealed "
            "opens with no other",
            path.string()),
        "", ""};
  return Secret(std::move(text));
}

}  // namespace

Result<std::shared_ptr<const AppConfig>> ensure_vault_key(std::shared_ptr<const AppConfig> config,
                                                          Random& random) {
  if (!config->vault_key.empty()) return config;
  if (config->mode == AppConfig::Mode::kLive)
    return Error{Error::Kind::kDenied,
                 "live mode makes no vault key by itself; give vault.key in florin.yaml", "", ""};
  const fs::path path = key_path(*config);
  std::error_code failed;
  if (!fs::exists(path, failed)) {
    FLORIN_TRY(made, make_key(path, random));
    static_cast<void>(made);
  }
  FLORIN_TRY(key, read_key(path));
  auto with_key = std::make_shared<AppConfig>(*config);
  with_key->vault_key = std::move(key);
  return std::shared_ptr<const AppConfig>(std::move(with_key));
}

}  // namespace florin
