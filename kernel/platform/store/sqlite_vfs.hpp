// Florin's file layer under SQLite: SQLite's own, but for how the log is written and for the pages' seals. Internal to the
// store.
#pragma once

#include <string>

namespace florin::store {

// Its name, by which a connection asks for it when it is opened. Known to SQLite from the first call on, thread-safe.
const char* sqlite_vfs();

// What SQLite is told to set aside at each page's end for its seal, before the first page is written
// (SQLITE_FCNTL_RESERVE_BYTES). Nothing set aside: no seals.
constexpr int kSealBytes = 8;

// A sentence on the page that this thread last found to be not as it was written, with file and place: SQLITE_IOERR_DATA.
const std::string& damaged_page();

// For sqlite3_file_control() on a connection that has it: whether the database's pages have seals, into a bool.
constexpr int kHasSeals = 7770;

// The same under another name, over the layer named `below` instead of SQLite's default one: for as long as the process
// lives, which `name` outlives.
void register_sqlite_vfs(const char* name, const char* below);

}  // namespace florin::store
