// Which process on which machine a node is, told so exactly that another process on the same machine can
// see whether it is gone. Linux: machine by boot id, pid by its namespace, and a pid that came round again
// by its start time (proc(5)). Internal to nodes.
#pragma once

#include <string>

namespace florin::nodes {

// Of the calling process; "" when /proc does not show it as itself: then nobody can prove anything of it.
std::string this_process();

// True: `process`, as this_process() named it there, was on this machine and has ended (a zombie has).
// False: it runs, or is elsewhere, or that cannot be told.
bool is_gone(const std::string& process);

}  // namespace florin::nodes
