// Where the appliance finds what belongs to it and keeps what is its own.
#pragma once

#include <string>

#include "kernel/platform/config/config.hpp"

namespace florin {

// `plugins.folder`, or ../plugins of the program's own folder (build tree), or ../lib/florin/plugins (installed).
std::string plugins_folder(const AppConfig& config);
// Beside the SQLite file, or in var/ when the store is PostgreSQL.
std::string state_file(const AppConfig& config, const std::string& name);

}  // namespace florin
