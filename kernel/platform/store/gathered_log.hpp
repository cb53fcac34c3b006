// What one connection writes to SQLite's log, gathered: a group commit is some seventy frames, each written as a header
// and a page, and to call the kernel costs more than what it then copies. Internal to the store.
#pragma once

#include <sqlite3.h>

#include <array>

namespace florin::store {

// Gathers writes that continue each other, and hands them on before the write returns that ends a transaction. So what is
// here is of a transaction that is not committed, which nobody but its own connection may see.
//
// SQLITE_FULL and SQLITE_IOERR may be the result of a later write than the one that did not fit. At either SQLite
// gives up the whole transaction, and what was gathered of it is dropped.
class GatheredLog {
 public:
  // `file` is the log, open, and outlives this.
  explicit GatheredLog(sqlite3_file& file) : file_(file) {}

  // As the file's own methods, `at` in bytes from its start: SQLite's codes.
  int write(const void* bytes, int count, sqlite3_int64 at);
  int read(void* into, int count, sqlite3_int64 at);
  // Hands on what is gathered, before what depends on the order of things or on the log's length.
  int flush();
  // The transaction is over. One that was committed has left nothing here.
  void forget() { size_ = 0; }

 private:
  int write_through(const void* bytes, int count, sqlite3_int64 at);

  // SQLite's unix layer takes no more at once: it looks at the lower 17 bits of a length.
  static constexpr int kMax = 0x1ffff;

  sqlite3_file& file_;
  sqlite3_int64 from_ = 0;  // Where in the file what is gathered begins; with nothing gathered, where the last write ended.
  int size_ = 0;
  bool ends_transaction_ = false;  // The frame whose header was written last does.
  std::array<char, kMax> gathered_;
};

}  // namespace florin::store
