// What goes wrong with a database, sorted by what the store does about it. Internal to the store.
#pragma once

#include <string>

#include <florin/result.hpp>

#include "kernel/platform/store/store.hpp"

namespace florin::store {

struct EngineFault : StoreFault {
  enum class Kind {
    kStatement,  // This statement: a constraint, a wrong name, a value that does not fit.
    kFull,       // No room on the disk.
    kBroken,     // I/O, memory: the database itself.
    kDamaged,    // What is in its files makes no sense: nothing more is read from or written to them.
    kConflict,   // Another node was in the way (serialisation, deadlock): the same again may work.
    kLost,       // The connection is gone; what it had not committed never happened.
  };
  EngineFault(Kind what_kind, const std::string& message) : StoreFault(message), kind(what_kind) {}
  Kind kind;
};

// kUnavailable, with code "storage_full", "store_unreachable", "store_conflict", "storage_damaged" or "storage_error".
Error to_error(const EngineFault& fault);

// For a result of which it is unknown what is on the disk: ends the process, because telling anybody
// anything would be a guess. The next start reads what is really there.
[[noreturn]] void stop_process(const std::string& why);

}  // namespace florin::store
