// The Retry-After of an answer, in either of its forms (RFC 9110, 10.2.3).
#pragma once

#include <optional>

#include <florin/http.hpp>
#include <florin/time.hpp>

namespace florin {

// How long the far side asks to be left alone: from 0 (a date that has passed) to 24 hours, which stand for all
// that is longer. Nothing when it does not ask, or not in a form that the standard has.
std::optional<Duration> retry_after(const HttpResponse& response, Instant now);

}  // namespace florin
