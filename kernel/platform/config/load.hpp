// Reading with the trees kept, for who needs to know where in florin.yaml a value stands.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernel/platform/config/yaml_tree.hpp"

namespace florin {

struct LoadedConfig {
  std::shared_ptr<AppConfig> config;  // Never null; not to be used when there are faults.
  YamlNode root;                      // florin.yaml with the overrides.
  std::vector<ConfigFault> faults;    // In order.
};

LoadedConfig load_with_tree(const std::string& directory, const std::vector<std::string>& overrides,
                            const PluginCatalog& catalog);

}  // namespace florin
