// PostgreSQL as the store uses it. Internal to the store, and to nodes, which keeps a connection of its own.
#pragma once

#include <memory>
#include <string>

#include "kernel/platform/store/connection.hpp"

namespace florin::store {

// `url` is libpq's: postgresql://user@host:port/database?key=value.
std::unique_ptr<Connector> postgres_connector(const std::string& url);

}  // namespace florin::store
