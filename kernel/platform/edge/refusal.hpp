// The answer to who is turned away because too much waits (admission.hpp).
#pragma once

#include <string>
#include <string_view>

#include <florin/time.hpp>

#include "kernel/platform/edge/edge.hpp"

namespace florin {

// 503 overloaded, with Retry-After.
EdgeResponse overloaded(std::string_view request_id);

// The same as the bytes of an answer after which the connection stays, at a hundredth of the cost: the text is made
// once a second and thread, and only the id is written into it. `request_id` is one of new_id("req", ...).
std::string overloaded_bytes(std::string_view request_id, Instant now);

}  // namespace florin
