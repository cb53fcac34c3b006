// A plugin host for the daemon: what a plugin does not bring to an end is left behind.
#pragma once

#include <memory>

#include "kernel/platform/executor/executor.hpp"
#include "kernel/platform/plugin_host/plugin_host.hpp"

namespace florin {

// An operation that is outside of the kernel's doors for as long as a step may take is given up, and its caller goes
// on on `executor`, which outlives the host. Without this, only the number of its exchanges is bounded.
std::unique_ptr<PluginHost> open_watched_plugins(PluginHostOptions options, Executor& executor);

}  // namespace florin
