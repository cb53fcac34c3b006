// A frame of the log is a header of 24 bytes, whose second word is zero unless the frame ends a transaction, and a page
// (section 4 of https://www.sqlite.org/fileformat2.html). Nothing else that is written there has 24 bytes.
#include "kernel/platform/store/gathered_log.hpp"

#include <algorithm>
#include <cstring>

namespace florin::store {

namespace {

constexpr int kFrameHeader = 24;

bool ends_transaction(const char* header) {
  return std::any_of(header + 4, header + 8, [](char byte) { return byte != 0; });
}

}  // namespace

int GatheredLog::write(const void* bytes, int count, sqlite3_int64 at) {
  const bool is_header = count == kFrameHeader;
  const bool is_last = ends_transaction_ && !is_header;
  ends_transaction_ = is_header && ends_transaction(static_cast<const char*>(bytes));
  // What does not go on where the last write ended is the log's own header or a correction, and waits for nothing.
  const bool continues = at == from_ + size_ && count <= kMax;
  if (!continues || size_ + count > kMax) {
    if (const int code = flush(); code != SQLITE_OK) return code;
  }
  if (!continues) return write_through(bytes, count, at);
  std::memcpy(gathered_.data() + size_, bytes, static_cast<std::size_t>(count));
  size_ += count;
  return is_last ? flush() : SQLITE_OK;
}

int GatheredLog::read(void* into, int count, sqlite3_int64 at) {
  const bool touches = size_ > 0 && at < from_ + size_ && at + count > from_;
  // A page that left the cache while its transaction goes on. Not written first: that could fail, and SQLite does not take
  // a read's failure for the end of what was written before it.
  if (touches && at >= from_ && at + count <= from_ + size_) {
    std::memcpy(into, gathered_.data() + (at - from_), static_cast<std::size_t>(count));
    return SQLITE_OK;
  }
  // Whole frames are read back only at a transaction's end, which fails if this does.
  if (touches) {
    if (const int code = flush(); code != SQLITE_OK) return code;
  }
  return file_.pMethods->xRead(&file_, into, count, at);
}

int GatheredLog::flush() {
  if (size_ == 0) return SQLITE_OK;
  const int count = size_;
  size_ = 0;
  return write_through(gathered_.data(), count, from_);
}

int GatheredLog::write_through(const void* bytes, int count, sqlite3_int64 at) {
  from_ = at + count;
  return file_.pMethods->xWrite(&file_, bytes, count, at);
}

}  // namespace florin::store
