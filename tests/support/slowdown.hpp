// How much slower sanitized code is than the clock: bounds on time in tests are multiplied by this and by
// nothing else, so that a release build keeps them as they are.
#pragma once

namespace florin::test_support {

#ifdef FLORIN_SANITIZED
inline constexpr int kSlowdown = 8;  // As FLORIN_SLOWDOWN in cmake/FlorinToolchain.cmake.
#else
inline constexpr int kSlowdown = 1;
#endif

}  // namespace florin::test_support
