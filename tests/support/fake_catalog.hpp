// A plugin catalog without plugins, for tests of the configuration: one provider of each sort, one
// notifier, one fraud rule, with small settings schemas.
#pragma once

#include <string>
#include <vector>

#include "kernel/platform/config/config.hpp"

namespace florin::testing {

class FakeCatalog final : public PluginCatalog {
 public:
  FakeCatalog();
  const Descriptor* find(PluginKind kind, std::string_view name) const override;
  std::vector<std::string> names(PluginKind kind) const override;

 private:
  std::vector<Descriptor> plugins_;
};

}  // namespace florin::testing
