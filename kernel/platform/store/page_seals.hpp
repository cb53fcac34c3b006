// A checksum at the end of each page of a SQLite database file, so that no flipped bit and no page in another's place is
// read as if it were what was written. SQLite sets the room for it aside and leaves it alone. Internal to the store.
#pragma once

#include <sqlite3.h>

#include <array>

namespace florin::store {

// The seals of one open database file. A file without that room, of before there were seals, is read and written as it
// is. In one with it, pages of zeros in that place were written by a program without this layer (sqlite3), and pass too: a
// page is given to SQLite with zeros there, so that such a program passes no old seal on.
class PageSeals {
 public:
  // `file` is the database, open, and outlives this, as does its name.
  PageSeals(sqlite3_file& file, const char* name) : file_(file), name_(name) {}

  // As methods of the file. SQLITE_IOERR_DATA: a page is not as it was written; damaged_page() says which.
  int read(void* into, int count, sqlite3_int64 at);
  int write(const void* bytes, int count, sqlite3_int64 at);
  // Whether the file has seals, as far as is known from its first page, which SQLite reads first.
  bool used() const { return page_bytes_ != 0; }

 private:
  static constexpr int kPageMax = 65536;
  using Page = std::array<unsigned char, kPageMax>;

  void learn(const unsigned char* header);
  bool is_page(int count, sqlite3_int64 at) const { return count == page_bytes_ && at % page_bytes_ == 0; }
  int damaged(sqlite3_int64 at) const;

  sqlite3_file& file_;
  const char* const name_;
  int page_bytes_ = 0;  // 0: no seals.
};

}  // namespace florin::store
