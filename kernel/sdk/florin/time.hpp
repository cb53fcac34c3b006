// Time as the kernel gives it: nothing below the kernel's clock reads one (law 8), so every call
// carries `now`.
#pragma once

#include <chrono>

namespace florin {

// Microseconds since 1970-01-01 UTC; stored in databases as that count.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

}  // namespace florin
