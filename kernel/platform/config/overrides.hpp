// --set key=value: laid over florin.yaml's tree before anything is checked, so that the same schema types
// them and the same sentences refuse them.
#pragma once

#include <string>
#include <vector>

#include "kernel/platform/config/yaml_tree.hpp"

namespace florin {

// Later ones win. What is no "a.b=c" is a fault of the file "--set".
void apply_overrides(YamlNode& root, const std::vector<std::string>& overrides,
                     std::vector<ConfigFault>& faults);

}  // namespace florin
