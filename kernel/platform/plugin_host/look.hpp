// What the next start will load and leave out, for a command that is run while no daemon is.
#pragma once

#include <string>
#include <vector>

#include "kernel/platform/plugin_host/plugin_host.hpp"

namespace florin {

// `state_file` is the daemon's; it is read and not changed. Sandboxes are among them.
std::vector<PluginStatus> look_at_plugins(const std::string& folder, const std::string& state_file);

}  // namespace florin
