// The appliance's version, as --version, /readyz and OpenAPI say it.
#pragma once

#include <string_view>

namespace florin {

inline constexpr std::string_view kFlorinVersion = "0.1.0";

}  // namespace florin
