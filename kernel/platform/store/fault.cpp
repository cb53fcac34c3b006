// Faults as the rest of Florin is told of them.
#include "kernel/platform/store/fault.hpp"

#include <florin/check.hpp>

namespace florin::store {

Error to_error(const EngineFault& fault) {
  const std::string what = fault.what();
  switch (fault.kind) {
    case EngineFault::Kind::kFull:
      return Error{Error::Kind::kUnavailable, "the database's disk is full, make room on it: " + what,
                   "storage_full", ""};
    case EngineFault::Kind::kLost:
      return Error{Error::Kind::kUnavailable, "the database cannot be reached: " + what, "store_unreachable",
                   ""};
    case EngineFault::Kind::kConflict:
      return Error{Error::Kind::kUnavailable, "other nodes kept changing the same rows: " + what,
                   "store_conflict", ""};
    case EngineFault::Kind::kDamaged:
      return Error{Error::Kind::kUnavailable,
                   "the database is damaged, and nothing more is read from or written to it: " + what +
                       ". Stop florind, check the disk, restore the database from a backup, run florin ledger verify",
                   "storage_damaged", ""};
    case EngineFault::Kind::kStatement:
    case EngineFault::Kind::kBroken:
      break;
  }
  return Error{Error::Kind::kUnavailable, "the database failed: " + what, "storage_error", ""};
}

void stop_process(const std::string& why) { check_failed("durable", why.c_str(), __FILE__, __LINE__); }

}  // namespace florin::store
