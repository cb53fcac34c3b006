// Databases and their logs are wrapped, all other files are those of the layer below: https://www.sqlite.org/vfs.html.
#include "kernel/platform/store/sqlite_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>

#include <florin/check.hpp>

#include "kernel/platform/store/gathered_log.hpp"

namespace florin::store {

namespace {

struct Vfs : sqlite3_vfs {
  sqlite3_vfs* below = nullptr;
};

// SQLite makes room for it, and behind it for the file of the layer below, and zeroes both.
struct File : sqlite3_file {
  GatheredLog* log;    // A database has it while its log is open, which owns it.
  File* database;      // Of a log; null in a database.
};
static_assert(sizeof(File) % 8 == 0, "the file behind it is aligned as SQLite aligns memory");

File& ours(sqlite3_file* file) { return *static_cast<File*>(file); }
sqlite3_file* below(sqlite3_file* file) { return static_cast<sqlite3_file*>(static_cast<void*>(&ours(file) + 1)); }
// Null: not a log.
GatheredLog* log_of(sqlite3_file* file) { return ours(file).database != nullptr ? ours(file).log : nullptr; }

template <auto Method, class... Arguments>
int forward(sqlite3_file* file, Arguments... arguments) {
  return (below(file)->pMethods->*Method)(below(file), arguments...);
}
// What may depend on all that was written before it.
template <auto Method, class... Arguments>
int forward_flushed(sqlite3_file* file, Arguments... arguments) {
  GatheredLog* const log = log_of(file);
  const int flushed = log != nullptr ? log->flush() : SQLITE_OK;
  return flushed == SQLITE_OK ? forward<Method>(file, arguments...) : flushed;
}

int read(sqlite3_file* file, void* into, int count, sqlite3_int64 at) {
  GatheredLog* const log = log_of(file);
  return log != nullptr ? log->read(into, count, at) : forward<&sqlite3_io_methods::xRead>(file, into, count, at);
}
int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  GatheredLog* const log = log_of(file);
  return log != nullptr ? log->write(bytes, count, at) : forward<&sqlite3_io_methods::xWrite>(file, bytes, count, at);
}
int close(sqlite3_file* file) {
  if (log_of(file) != nullptr) {
    ours(file).database->log = nullptr;
    delete ours(file).log;
  }
  return forward<&sqlite3_io_methods::xClose>(file);
}
// Locks are taken on the database. From the end of a write transaction on others may write to the log.
int shm_lock(sqlite3_file* file, int from, int count, int flags) {
  constexpr int kWriteLock = 0;
  GatheredLog* const log = ours(file).log;
  if (log != nullptr && from == kWriteLock && (flags & SQLITE_SHM_UNLOCK) != 0) log->forget();
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
          .xFileControl = forward_flushed<&Methods::xFileControl>,
          .xSectorSize = forward<&Methods::xSectorSize>,
          .xDeviceCharacteristics = forward<&Methods::xDeviceCharacteristics>,
          .xShmMap = forward<&Methods::xShmMap>,
          .xShmLock = shm_lock,
          .xShmBarrier = shm_barrier,
          .xShmUnmap = forward<&Methods::xShmUnmap>,
          .xFetch = forward_flushed<&Methods::xFetch>,
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
  log.log = new (std::nothrow) GatheredLog(*below(&log));
  if (log.log == nullptr) return SQLITE_NOMEM;
  log.database = &ours(database);
  log.database->log = log.log;
  return SQLITE_OK;
}

int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* const real = static_cast<Vfs*>(vfs)->below;
  if ((flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0) return real->xOpen(real, name, file, flags, out_flags);
  new (file) File{};
  const int code = real->xOpen(real, name, below(file), flags, out_flags);
  const sqlite3_io_methods* const methods = below(file)->pMethods;
  if (methods == nullptr) return code;  // Nothing that SQLite would have to close.
  file->pMethods = &kMethods.at(static_cast<std::size_t>(std::clamp(methods->iVersion, 1, 3) - 1));
  return code == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0 ? gather(ours(file), name) : code;
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
