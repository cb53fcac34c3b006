// Stands, by LD_PRELOAD, between a program and the system calls that make things durable or known: counts
// them over all threads, fails them, or kills the process at the n-th. FLORIN_FAULT names the control file.
// strace cannot do this: its count is per thread, and the store's writer is never the first.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/crash/shim/control.hpp"

namespace florin::shim {

Control* control() {
  static Control* const mapped = []() -> Control* {
    const char* const file = std::getenv("FLORIN_FAULT");
    if (file == nullptr) return nullptr;
    const int fd = ::open(file, O_RDWR | O_CLOEXEC);
    if (fd < 0) return nullptr;
    void* const bytes = ::mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    return bytes == MAP_FAILED ? nullptr : static_cast<Control*>(bytes);
  }();
  return mapped;
}

namespace {

bool concerns(const Control& told, const char* path) {
  return told.path[0] == '\0' || std::strstr(path, told.path) != nullptr;
}

// Pipes, event counters and sockets have no path, and are not meant.
bool concerns(const Control& told, int fd) {
  char link[64];
  char path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = ::readlink(link, path, sizeof path - 1);
  if (length <= 0 || path[0] != '/') return false;
  path[length] = '\0';
  return concerns(told, path);
}

[[noreturn]] void die() {
  ::syscall(SYS_kill, ::getpid(), SIGKILL);
  for (;;) ::pause();
}

enum class Fate { kGoOn, kFail, kTearAndDie };

// Counts one call that is about to happen and says what becomes of it.
Fate strike(Control& told, Kind kind) {
  const std::int64_t number = told.counts[kind].fetch_add(1) + 1;
  if (told.kill_kind.load() == kind && told.kill_at.load() == number) {
    told.kill_kind.store(Control::kStruck);
    if (told.kill_torn.load() == 0) die();
    return Fate::kTearAndDie;
  }
  if ((told.fail_kinds.load() >> kind & 1) == 0) return Fate::kGoOn;
  told.failed.fetch_add(1);
  errno = static_cast<int>(told.fail_errno.load());
  return Fate::kFail;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// `put(length)` does the call. Answers what the call answers.
template <class Put>
ssize_t struck_write(int fd, std::size_t count, Put put) {
  Control* const told = control();
  if (told == nullptr || !concerns(*told, fd)) return put(count);
  switch (strike(*told, kWrite)) {
    case Fate::kFail:
      return -1;
    case Fate::kTearAndDie:
      put(count / 2);
      die();
    case Fate::kGoOn:
      break;
  }
  return put(count);
}

template <class Call>
int struck_sync(int fd, Call call) {
  Control* const told = control();
  if (told == nullptr || !concerns(*told, fd)) return call(fd);
  return strike(*told, kSync) == Fate::kFail ? -1 : call(fd);
}

bool may_send() {
  Control* const told = control();
  return told == nullptr || strike(*told, kSend) != Fate::kFail;
}

bool may_name(const char* path) {
  Control* const told = control();
  return told == nullptr || !concerns(*told, path) || strike(*told, kName) != Fate::kFail;
}

}  // namespace
}  // namespace florin::shim

using namespace florin::shim;

extern "C" {

int fsync(int fd) {
  static auto* const real = next<int(int)>("fsync");
  return struck_sync(fd, real);
}
int fdatasync(int fd) {
  static auto* const real = next<int(int)>("fdatasync");
  return struck_sync(fd, real);
}

ssize_t write(int fd, const void* bytes, size_t count) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  return struck_write(fd, count, [&](size_t length) { return real(fd, bytes, length); });
}
ssize_t pwrite(int fd, const void* bytes, size_t count, off_t at) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return struck_write(fd, count, [&](size_t length) { return real(fd, bytes, length, at); });
}
ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t at) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return struck_write(fd, count, [&](size_t length) { return real(fd, bytes, length, at); });
}

ssize_t send(int fd, const void* bytes, size_t count, int flags) {
  static auto* const real = next<ssize_t(int, const void*, size_t, int)>("send");
  return may_send() ? real(fd, bytes, count, flags) : -1;
}
ssize_t sendto(int fd, const void* bytes, size_t count, int flags, const sockaddr* to, socklen_t size) {
  static auto* const real = next<ssize_t(int, const void*, size_t, int, const sockaddr*, socklen_t)>("sendto");
  return may_send() ? real(fd, bytes, count, flags, to, size) : -1;
}
ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static auto* const real = next<ssize_t(int, const msghdr*, int)>("sendmsg");
  return may_send() ? real(fd, message, flags) : -1;
}

int rename(const char* from, const char* to) noexcept {
  static auto* const real = next<int(const char*, const char*)>("rename");
  return may_name(to) ? real(from, to) : -1;
}
int link(const char* from, const char* to) noexcept {
  static auto* const real = next<int(const char*, const char*)>("link");
  return may_name(to) ? real(from, to) : -1;
}
int unlink(const char* path) noexcept {
  static auto* const real = next<int(const char*)>("unlink");
  return may_name(path) ? real(path) : -1;
}

}  // extern "C"
