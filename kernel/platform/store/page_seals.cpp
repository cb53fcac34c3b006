// The database's header is in its first 100 bytes: the page's size at 16, how much of each page is set aside at 20
// (section 1.3 of https://www.sqlite.org/fileformat2.html).
#include "kernel/platform/store/page_seals.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include <fmt/format.h>
#include <xxhash.h>

#include "kernel/platform/store/sqlite_vfs.hpp"

namespace florin::store {

namespace {

constexpr int kHeader = 100, kReservedAt = 20;

thread_local std::string damaged_here;

// Zero means that there is none, and is none's seal.
std::uint64_t seal_of(const unsigned char* page, int bytes, sqlite3_int64 at) {
  const auto place = static_cast<std::uint64_t>(at / bytes);
  const std::uint64_t seal = XXH3_64bits_withSeed(page, static_cast<std::size_t>(bytes - kSealBytes), place);
  return seal == 0 ? 1 : seal;
}
std::uint64_t seal_in(const unsigned char* page, int bytes) {
  std::uint64_t seal = 0;
  std::memcpy(&seal, page + bytes - kSealBytes, kSealBytes);
  return seal;
}
void put_seal(unsigned char* page, int bytes, std::uint64_t seal) { std::memcpy(page + bytes - kSealBytes, &seal, kSealBytes); }

int page_size(const unsigned char* header) {
  const int said = header[16] << 8 | header[17];
  const int bytes = said == 1 ? 65536 : said;
  return bytes >= 512 && (bytes & (bytes - 1)) == 0 ? bytes : 0;
}

}  // namespace

const std::string& damaged_page() { return damaged_here; }

void PageSeals::learn(const unsigned char* header) {
  const int bytes = page_size(header);
  if (bytes == 0) return;
  if (header[kReservedAt] == kSealBytes) {
    page_bytes_ = bytes;
    return;
  }
  // The room that is not there may be a bit that has flipped: the first page's seal would know.
  Page first;
  if (file_.pMethods->xRead(&file_, first.data(), bytes, 0) != SQLITE_OK) return;
  first[kReservedAt] = kSealBytes;
  if (seal_in(first.data(), bytes) == seal_of(first.data(), bytes, 0)) page_bytes_ = bytes;
}

int PageSeals::read(void* into, int count, sqlite3_int64 at) {
  const int code = file_.pMethods->xRead(&file_, into, count, at);
  if (code != SQLITE_OK) return code;
  auto* const bytes = static_cast<unsigned char*>(into);
  if (!used() && at == 0 && count >= kHeader) learn(bytes);
  if (!used() || !is_page(count, at)) return SQLITE_OK;
  if (const std::uint64_t seal = seal_in(bytes, count); seal != 0) {
    if (seal != seal_of(bytes, count, at)) return damaged(at);
    put_seal(bytes, count, 0);
  }
  return SQLITE_OK;
}

int PageSeals::write(const void* bytes, int count, sqlite3_int64 at) {
  const auto* const page = static_cast<const unsigned char*>(bytes);
  if (!used() && at == 0 && count >= kHeader && page[kReservedAt] == kSealBytes) page_bytes_ = page_size(page);
  if (!used() || !is_page(count, at)) return file_.pMethods->xWrite(&file_, bytes, count, at);
  Page sealed;
  std::copy_n(page, count, sealed.begin());
  put_seal(sealed.data(), count, seal_of(sealed.data(), count, at));
  return file_.pMethods->xWrite(&file_, sealed.data(), count, at);
}

int PageSeals::damaged(sqlite3_int64 at) const {
  damaged_here = fmt::format(
      "page {} of {}, bytes {} to {}, is not as florind wrote it: the disk has changed it, or another program has",
      at / page_bytes_ + 1, name_, at, at + page_bytes_ - 1);
  return SQLITE_IOERR_DATA;
}

}  // namespace florin::store
