// FLORIN_CHECK: for what can only be our own bug. It stops the process, because wrong money is worse
// than no service; what can happen in life is an Error instead (result.hpp).
#pragma once

#include <florin/export.hpp>

namespace florin {
[[noreturn]] FLORIN_SDK_API void check_failed(const char* condition, const char* why, const char* file,
                                              int line) noexcept;
}  // namespace florin

#define FLORIN_CHECK(condition, why) \
  ((condition) ? static_cast<void>(0) : ::florin::check_failed(#condition, why, __FILE__, __LINE__))
