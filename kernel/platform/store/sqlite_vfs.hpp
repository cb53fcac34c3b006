// Florin's file layer under SQLite: SQLite's own, but for how the log is written. Internal to the store.
#pragma once

namespace florin::store {

// Its name, by which a connection asks for it when it is opened. Known to SQLite from the first call on, thread-safe.
const char* sqlite_vfs();

// The same under another name, over the layer named `below` instead of SQLite's default one: for as long as the process
// lives, which `name` outlives.
void register_sqlite_vfs(const char* name, const char* below);

}  // namespace florin::store
