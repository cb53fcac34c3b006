// The end of a process that found its own bug: one line to standard error, then abort().
#include <florin/check.hpp>

#include <cstdio>
#include <cstdlib>

namespace florin {

void check_failed(const char* condition, const char* why, const char* file, int line) noexcept {
  // No logger and no allocation: either may be what is broken.
  std::fprintf(stderr, "florin: %s:%d: FLORIN_CHECK(%s) failed: %s\n", file, line, condition, why);
  std::fflush(stderr);
  std::abort();
}

}  // namespace florin
