// The id that an answer, its log lines and its error body share.
#pragma once

#include <string>

#include <florin/time.hpp>

namespace florin {

std::string new_request_id(Instant now);  // "req_..."

}  // namespace florin
