// Answers as bytes, and the edge's own answers (refusals) in the API's error shape.
#pragma once

#include <string>
#include <string_view>

#include <florin/time.hpp>

#include "kernel/platform/edge/edge.hpp"

namespace florin {

// What of an answer the connection decides, not the handler.
struct AnswerFrame {
  std::string_view request_id;
  Instant now;             // For Date.
  bool head_only = false;  // To HEAD: the length of the body, without the body.
  bool keep_alive = true;  // False adds Connection: close.
  bool http_1_0 = false;   // Then keeping the connection must be said.
  bool upgrade = false;    // Connection: Upgrade.
};

// The whole answer. A header value that would break the line is mended, never sent as it is.
std::string serialize(const EdgeResponse& response, const AnswerFrame& frame);

// "Bad Request"; for numbers without a registered phrase a plain word, never empty.
std::string_view reason_phrase(int status);

// {"error":{"type","code","message","request_id"}} with `status`. Type is invalid_request_error for 4xx,
// rate_limit_error for 429 and api_error for 5xx.
EdgeResponse problem_response(int status, std::string_view code, std::string_view message,
                              std::string_view request_id);

}  // namespace florin
