// Text that crosses the cage's wall: Lua's strings are any bytes, ours are UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace florin::lua {

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);
// For messages: control characters, and in bytes that are no UTF-8 everything beyond ASCII, become '?'.
std::string printable(std::string_view bytes);

}  // namespace florin::lua
