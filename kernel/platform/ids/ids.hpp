// Ids with a typed prefix and a UUIDv7 (RFC 9562 section 5.7): "pay_0191f0c2-...". They sort by the time
// they were made, also within a millisecond of one process.
#pragma once

#include <string>
#include <string_view>

#include <florin/time.hpp>

#include "kernel/platform/random/random.hpp"

namespace florin {

// `prefix` without the underscore: "pay". 32 hex digits follow: "pay_0191f0c27b3a7e1c9d5f3a2b1c0d9e8f".
std::string new_id(std::string_view prefix, Instant now, Random& random);
// Whether `text` has that shape; says nothing about whether such a thing exists.
bool is_id(std::string_view prefix, std::string_view text);
// Secrets that we hand out: prefix + 32 random bytes in base62 ("sk_test_...").
std::string new_secret(std::string_view prefix, Random& random);

}  // namespace florin
