// Databases and their logs are wrapped, all other files are those of the layer below: https://www.sqlite.org/vfs.html.
#include "kernel/platform/store/sqlite_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

#include <florin/check.hpp>

#include "kernel/platform/store/gathered_log.hpp"
#include "kernel/platform/store/page_seals.hpp"

namespace florin::store {

namespace {

struct Vfs : sqlite3_vfs {
  sqlite3_vfs* below = nullptr;
};

// SQLite makes room for it, and behind it for the file of the layer below.
struct File : sqlite3_file {
  std::unique_ptr<PageSeals> seals;  // Of a database.
  std::unique_ptr<GatheredLog> log;  // Of a log whose database is ours.
  File* other = nullptr;             // Of such a log its database, of a database its log while that is open.
};
static_assert(sizeof(File) % 8 == 0, "the file behind it is aligned as SQLite aligns memory");

File& ours(sqlite3_file* file) { return *static_cast<File*>(file); }
sqlite3_file* below(sqlite3_file* file) { return static_cast<sqlite3_file*>(static_cast<void*>(&ours(file) + 1)); }

template <auto Method, class... Arguments>
int forward(sqlite3_file* file, Arguments... arguments) {
  return (below(file)->pMethods->*Method)(below(file), arguments...);
}
// What may depend on all that was written before it.
template <auto Method, class... Arguments>
int forward_flushed(sqlite3_file* file, Arguments... arguments) {
  const int flushed = ours(file).log ? ours(file).log->flush() : SQLITE_OK;
  return flushed == SQLITE_OK ? forward<Method>(file, arguments...) : flushed;
}

int read(sqlite3_file* file, void* into, int count, sqlite3_int64 at) {
  if (ours(file).seals) return ours(file).seals->read(into, count, at);
  if (ours(file).log) return ours(file).log->read(into, count, at);
  return forward<&sqlite3_io_methods::xRead>(file, into, count, at);
}
int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  if (ours(file).seals) return ours(file).seals->write(bytes, count, at);
  if (ours(file).log) return ours(file).log->write(bytes, count, at);
  return forward<&sqlite3_io_methods::xWrite>(file, bytes, count, at);
}
// Mapped pages would pass our seals by.
int fetch(sqlite3_file* file, sqlite3_int64 at, int count, void** page) {
  *page = nullptr;
  if (ours(file).seals && ours(file).seals->used()) return SQLITE_OK;
  return forward_flushed<&sqlite3_io_methods::xFetch>(file, at, count, page);
}
int characteristics(sqlite3_file* file) {
  int said = forward<&sqlite3_io_methods::xDeviceCharacteristics>(file);
#ifdef SQLITE_IOCAP_SUBPAGE_READ
  said &= ~SQLITE_IOCAP_SUBPAGE_READ;  // So would a part of a page.
#endif
  return said;
}
int file_control(sqlite3_file* file, int operation, void* argument) {
  if (operation == kHasSeals && ours(file).seals) {
    *static_cast<bool*>(argument) = ours(file).seals->used();
    return SQLITE_OK;
  }
  return forward_flushed<&sqlite3_io_methods::xFileControl>(file, operation, argument);
}
int close(sqlite3_file* file) {
  if (ours(file).other != nullptr) ours(file).other->other = nullptr;
  const int code = forward<&sqlite3_io_methods::xClose>(file);
  std::destroy_at(&ours(file));
  return code;
}
// Locks are taken on the database. From the end of a write transaction on others may write to the log.
int shm_lock(sqlite3_file* file, int from, int count, int flags) {
  constexpr int kWriteLock = 0;
  const File* const log = ours(file).other;
  if (log != nullptr && from == kWriteLock && (flags & SQLITE_SHM_UNLOCK) != 0) log->log->forget();
  return forward<&sqlite3_io_methods::xShmLock>(file, from, count, flags);
}
void shm_barrier(sqlite3_file* file) { below(file)->pMethods->xShmBarrier(below(file)); }

constexpr sqlite3_io_methods methods_of_version(int version) {
  using Methods = sqlite3_io_methods;
  return {.iVersion = version,
          .xClose = close,
          .xRead = read,
          .xWrite = write,
          .xTruncate = forward_flushed<&Methods::xTruncate>,
          .xSync = forward_flushed<&Methods::xSync>,
          .xFileSize = forward_flushed<&Methods::xFileSize>,
          .xLock = forward<&Methods::xLock>,
          .xUnlock = forward<&Methods::xUnlock>,
          .xCheckReservedLock = forward<&Methods::xCheckReservedLock>,
          .xFileControl = file_control,
          .xSectorSize = forward<&Methods::xSectorSize>,
          .xDeviceCharacteristics = characteristics,
          .xShmMap = forward<&Methods::xShmMap>,
          .xShmLock = shm_lock,
          .xShmBarrier = shm_barrier,
          .xShmUnmap = forward<&Methods::xShmUnmap>,
          .xFetch = fetch,
          .xUnfetch = forward<&Methods::xUnfetch>};
}
// A file has what its version says: shared memory from 2 on, mapped pages from 3 on. Ours has what the one below has.
constexpr std::array<sqlite3_io_methods, 3> kMethods = {methods_of_version(1), methods_of_version(2), methods_of_version(3)};

bool is_ours(const sqlite3_file* file) {
  return std::any_of(kMethods.begin(), kMethods.end(), [&](const auto& methods) { return file->pMethods == &methods; });
}

// Where the database is not ours, the log is written as SQLite writes it: nobody would tell us when a transaction is over.
int gather(File& log, sqlite3_filename name) {
  sqlite3_file* const database = sqlite3_database_file_object(name);
  if (!is_ours(database)) return SQLITE_OK;
  log.log.reset(new (std::nothrow) GatheredLog(*below(&log)));
  if (!log.log) return SQLITE_NOMEM;
  log.other = &ours(database);
  log.other->other = &log;
  return SQLITE_OK;
}

int seal(File& database, sqlite3_filename name) {
  database.seals.reset(new (std::nothrow) PageSeals(*below(&database), name));
  return database.seals ? SQLITE_OK : SQLITE_NOMEM;
}

int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* const real = static_cast<Vfs*>(vfs)->below;
  if ((flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0) return real->xOpen(real, name, file, flags, out_flags);
  new (file) File{};
  const int code = real->xOpen(real, name, below(file), flags, out_flags);
  const sqlite3_io_methods* const methods = below(file)->pMethods;
  if (methods == nullptr) return code;  // Nothing that SQLite would have to close.
  file->pMethods = &kMethods.at(static_cast<std::size_t>(std::clamp(methods->iVersion, 1, 3) - 1));
  if (code != SQLITE_OK) return code;
  return (flags & SQLITE_OPEN_WAL) != 0 ? gather(ours(file), name) : seal(ours(file), name);
}

}  // namespace

const char* sqlite_vfs() {
  static const char* const name = [] {
    register_sqlite_vfs("florin", nullptr);
    return "florin";
  }();
  return name;
}

void register_sqlite_vfs(const char* name, const char* below) {
  sqlite3_vfs* const real = sqlite3_vfs_find(below);
  FLORIN_CHECK(real != nullptr, "SQLite has a default file layer");
  // Copied, not forwarded: everything but files is the layer's below, with its own data.
  auto vfs = std::make_unique<Vfs>();
  static_cast<sqlite3_vfs&>(*vfs) = *real;
  vfs->below = real;
  vfs->pNext = nullptr;
  vfs->zName = name;
  vfs->szOsFile += static_cast<int>(sizeof(File));
  vfs->xOpen = open;
  // SQLite keeps it in its list from now on.
  FLORIN_CHECK(sqlite3_vfs_register(vfs.release(), 0) == SQLITE_OK, "SQLite knows its file layers");
}

}  // namespace florin::store
