// Whether what a plugin says of itself can be true: routing, configuration and the sandbox rely on it.
#pragma once

#include <optional>
#include <string>

#include <florin/plugin.hpp>

namespace florin {

// Whether a file or plugin may be called so: ^[a-z][a-z0-9_]{1,31}$
bool is_plugin_name(const std::string& name);

// What is wrong with `entry`, as a clause for "FILE is refused: ..."; nothing when it is sound. `kind` and
// `name` are those of its folder and file.
std::optional<std::string> entry_fault(const PluginEntry* entry, PluginKind kind, const std::string& name);

}  // namespace florin
