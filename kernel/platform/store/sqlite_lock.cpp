// One daemon a SQLite file: flock() on a file beside it, which the kernel lets go of however we end.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "kernel/platform/store/sqlite.hpp"

namespace florin::store {

namespace {

Error unavailable(std::string message, const char* code) {
  return Error{Error::Kind::kUnavailable, std::move(message), code, ""};
}

std::string read_holder(int descriptor) {
  char text[32] = {};
  const ssize_t length = pread(descriptor, text, sizeof text - 1, 0);
  return length > 0 ? " (process " + std::string(text, static_cast<std::size_t>(length)) + ")" : "";
}

}  // namespace

Result<std::unique_ptr<FileLock>> FileLock::take(const std::string& database_file) {
  const std::filesystem::path directory = std::filesystem::absolute(database_file).parent_path();
  std::error_code problem;
  std::filesystem::create_directories(directory, problem);
  if (problem)
    return unavailable(fmt::format("cannot make the directory {} for the database: {}", directory.string(),
                                   problem.message()),
                       "store_unwritable");
  const std::string path = database_file + ".lock";
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return unavailable(
        fmt::format("cannot write {}: {}; the database's directory must be writable for the user "
                    "that runs florind",
                    path, std::strerror(errno)),
        "store_unwritable");
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const std::string holder = read_holder(descriptor);
    close(descriptor);
    return unavailable(
        fmt::format("{} is in use by another florind{}: stop that one, or give this one a store.url "
                    "of its own",
                    database_file, holder),
        "store_locked");
  }
  const std::string process = std::to_string(getpid());
  // Only a courtesy to whoever finds it locked: the lock holds without it, on a full disk too.
  if (ftruncate(descriptor, 0) == 0 && pwrite(descriptor, process.data(), process.size(), 0) < 0) errno = 0;
  return std::unique_ptr<FileLock>(new FileLock(descriptor));
}

bool FileLock::is_taken(const std::string& database_file) {
  const int descriptor = open((database_file + ".lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool taken = flock(descriptor, LOCK_SH | LOCK_NB) != 0;
  close(descriptor);
  return taken;
}

FileLock::~FileLock() { close(descriptor_); }

}  // namespace florin::store
