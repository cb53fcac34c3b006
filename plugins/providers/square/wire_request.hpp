// How this plugin's wire files make a request; not for provider.cpp.
#pragma once

#include <string>
#include <string_view>

#include <florin/http.hpp>

#include "wire.hpp"

namespace florin::square {

inline constexpr std::string_view kApiVersion = "2025-08-20";

HttpRequest get(const std::string& path, const Config& config);
HttpRequest with_body(const std::string& method, const std::string& path, const Json& body,
                      const Config& config);
// The query that both lists take: from before the operation left us, in this location.
std::string around(const LookupRequest& request, const std::string& cursor, const Config& config);
// At most so many bytes, and never half a character.
std::string clipped(std::string text, std::size_t length_max);

}  // namespace florin::square
