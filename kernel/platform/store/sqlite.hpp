// SQLite as the store uses it: WAL, synchronous=FULL, one daemon a file. Internal to the store.
#pragma once

#include <memory>
#include <string>

#include <florin/result.hpp>

#include "kernel/platform/store/connection.hpp"

namespace florin::store {

// Holds `<file>.lock` for as long as it lives, so that a second daemon on the same file is refused.
class FileLock {
 public:
  // Makes the directory that the file is to be in. Errors: kUnavailable, with the path and what to do.
  static Result<std::unique_ptr<FileLock>> take(const std::string& database_file);
  // Whether somebody has it at this moment.
  static bool is_taken(const std::string& database_file);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

std::unique_ptr<Connector> sqlite_connector(const std::string& database_file);

}  // namespace florin::store
