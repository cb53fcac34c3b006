// What we check of a request's head beyond Beast: line ends and folding on the raw bytes, then which
// fields may stand together, then the target. RFC 9112 (sections named at each rule).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "kernel/platform/edge/http_parser.hpp"

namespace florin {

inline constexpr HttpFault kHeadTooLarge{431, "header_too_large",
                                         "The request's head is larger than this server takes."};
inline constexpr HttpFault kBodyTooLarge{413, "body_too_large",
                                         "The request's body is larger than this route takes."};

struct HeadScan {
  std::size_t length = 0;  // Of the head with its empty line; 0: it has not all come yet.
  std::optional<HttpFault> fault;
};

// Looks for the head's end as bytes come, each byte once. Beast waits for the end before it reads a byte,
// so a bare LF would otherwise wait for the time-out.
class HeadScanner {
 public:
  // `bytes` is the head from its first byte, longer with each call.
  HeadScan look(std::string_view bytes, std::size_t limit);

 private:
  std::size_t scanned_ = 0;
};

// What the fields said so far.
struct HeadFacts {
  int hosts = 0;
  bool length = false;
  bool chunked = false;
  bool expects_continue = false;
};

// One field into `headers`; a repeated one is joined with a comma (RFC 9110 section 5.3) unless that would
// let two readers see two requests.
std::optional<HttpFault> add_field(HeadFacts& facts, Headers& headers, std::string_view name,
                                   std::string_view value);

// After the last field: what must be there is, and the target becomes path and query.
std::optional<HttpFault> finish_head(const HeadFacts& facts, bool http_1_1, EdgeRequest& request);

// "GET", "websocket": ASCII only, without case.
bool same_token(std::string_view a, std::string_view b);
// Whether a comma-separated field ("keep-alive, Upgrade") names `token`.
bool names_token(std::string_view list, std::string_view token);

}  // namespace florin
