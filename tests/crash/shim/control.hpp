// The block of memory by which a drill tells the fault shim, while the program runs, what to do: a file,
// mapped by the shim and written by the drill (tests/support/faults.mjs knows the same layout). All fields
// are 64-bit integers in host byte order; the path follows them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace florin::shim {

// What is counted and struck. Calls on files count only when the file's path contains Control::path.
enum Kind : std::int64_t {
  kSync = 0,   // fsync, fdatasync
  kWrite = 1,  // write, pwrite: to files
  kSend = 2,   // send, sendto, sendmsg: on sockets, whoever is at the other end
  kName = 3,   // rename, link, unlink
  kKinds = 4,
};

struct Control {
  std::atomic<std::int64_t> counts[kKinds];  // How many calls there were since the drill set it to zero.

  // The process is killed with -9 before its call number `kill_at` (from 1) of `kill_kind`; -1: never,
  // kStruck: it was.
  static constexpr std::int64_t kStruck = -2;
  std::atomic<std::int64_t> kill_kind;
  std::atomic<std::int64_t> kill_at;
  std::atomic<std::int64_t> kill_torn;  // 1: half of what is to be written is written first.

  // Calls whose kind's bit is set here fail with `fail_errno`, while the mask holds.
  std::atomic<std::int64_t> fail_kinds;
  std::atomic<std::int64_t> fail_errno;
  std::atomic<std::int64_t> failed;  // How many did.

  std::atomic<std::int64_t> clock_offset_s;  // Added to the wall clock; the monotonic one is left alone.

  static constexpr std::size_t kPathBytes = 256;
  char path[kPathBytes];  // Zero-terminated; "" matches every file.
};
static_assert(sizeof(std::atomic<std::int64_t>) == 8 && std::atomic<std::int64_t>::is_always_lock_free);

// Null when FLORIN_FAULT names no control file: then nothing is changed.
Control* control();

}  // namespace florin::shim
