// What is kept of an exchange, with what must not be kept taken out: credentials, card numbers, security
// codes, tokens (law 7). By name where a field has one, by look where it has none.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <florin/http.hpp>

#include "kernel/platform/http_client/http_client.hpp"

namespace florin {

using IsSecret = std::function<bool(const std::string& header_or_field)>;

// At most 8 KiB, cut after the redaction. `more` (may be empty) names further secret fields.
std::string redact_body(std::string_view body, const IsSecret& more);
// The values of secret headers.
Headers redact_headers(const Headers& headers, const IsSecret& more);
// The values of secret query parameters.
std::string redact_url(std::string_view url, const IsSecret& more);

}  // namespace florin
