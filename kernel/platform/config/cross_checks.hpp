// What a file's own schema cannot see: plugins, policies and accounts that are named but not there, what
// live mode refuses, and what only makes sense together.
#pragma once

#include "kernel/platform/config/checker.hpp"
#include "kernel/platform/config/plugin_settings.hpp"

namespace florin {

// After florin.yaml has been read into `config`; `root` is its tree.
void check_together(const AppConfig& config, const YamlNode& root, Checker& checker);

// After a merchant's file has been read: also fills in the plugins' settings.
void check_together(const AppConfig& config, MerchantConfig& merchant, const YamlNode& root,
                    const PluginCatalog& catalog, Checker& checker, PluginSettings& settings);

}  // namespace florin
