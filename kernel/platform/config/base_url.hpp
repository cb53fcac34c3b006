// Where others reach this server. Every link that leaves it (returns, webhooks, pages) begins with this, and
// none with what a request's Host header says.
#pragma once

#include <cstdint>
#include <string>

#include "kernel/platform/config/config.hpp"

namespace florin {

// `server.public_url`, else this machine by name at `port`, the one really listened on. No trailing slash.
std::string base_url_of(const AppConfig::Server& server, std::int64_t port);

}  // namespace florin
