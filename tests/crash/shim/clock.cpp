// The wall clock as the drill wants it to be. Waits that are set by the wall clock follow its jumps, as they
// would if the system's own clock jumped; the monotonic clock is left alone, as it would be.
#include <dlfcn.h>
#include <pthread.h>
#include <sys/time.h>
#include <time.h>

#include <cerrno>

#include "tests/crash/shim/control.hpp"

namespace {

std::int64_t offset_s() {
  const florin::shim::Control* const told = florin::shim::control();
  return told == nullptr ? 0 : told->clock_offset_s.load(std::memory_order_relaxed);
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

int real_clock(clockid_t id, timespec* at) {
  static auto* const real = next<int(clockid_t, timespec*)>("clock_gettime");
  return real(id, at);
}

bool later(const timespec& a, const timespec& b) {
  return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

// A condition variable does not say which clock it goes by. Uptimes stay far below this many seconds, and
// the wall clock, even ten years back, above.
constexpr time_t kWallClockAtLeast = 1'000'000'000;

}  // namespace

extern "C" {

int clock_gettime(clockid_t id, timespec* at) noexcept {
  const int status = real_clock(id, at);
  if (status == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) at->tv_sec += offset_s();
  return status;
}

int gettimeofday(timeval* __restrict at, void* __restrict) noexcept {
  timespec now{};
  const int status = clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return status;
}

time_t time(time_t* into) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (into != nullptr) *into = now.tv_sec;
  return now.tv_sec;
}

// In slices, so that a jump during the wait is noticed; the end of a slice looks like a spurious wake-up,
// which every waiter must bear anyway.
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  static auto* const real =
      next<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)>("pthread_cond_timedwait");
  if (until->tv_sec < kWallClockAtLeast || florin::shim::control() == nullptr) return real(condition, mutex, until);
  timespec mine = *until;
  mine.tv_sec -= offset_s();
  timespec slice{};
  real_clock(CLOCK_REALTIME, &slice);
  slice.tv_nsec += 50'000'000;
  if (slice.tv_nsec >= 1'000'000'000) {
    ++slice.tv_sec;
    slice.tv_nsec -= 1'000'000'000;
  }
  const bool sliced = later(mine, slice);
  const int status = real(condition, mutex, sliced ? &slice : &mine);
  return sliced && status == ETIMEDOUT ? 0 : status;
}

}  // extern "C"
