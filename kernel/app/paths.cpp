// The program finds itself by /proc/self/exe, so that it needs no working directory.
#include "kernel/app/paths.hpp"

#include <filesystem>

namespace florin {

namespace fs = std::filesystem;

std::string plugins_folder(const AppConfig& config) {
  if (!config.plugins_dir.empty()) return config.plugins_dir;
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed).parent_path();
  for (const char* place : {"../plugins", "../lib/florin/plugins"})
    if (fs::is_directory(program / place, failed)) return fs::canonical(program / place, failed).string();
  return (program / "../plugins").string();
}

std::string state_file(const AppConfig& config, const std::string& name) {
  constexpr std::string_view kSqlite = "sqlite:";
  fs::path folder = "var";
  if (config.store.url.starts_with(kSqlite)) folder = fs::path(config.store.url.substr(kSqlite.size())).parent_path();
  std::error_code failed;
  if (!folder.empty()) fs::create_directories(folder, failed);
  return (folder / name).string();
}

}  // namespace florin
