// The appliance: the one place that makes every part and wires them, in the order in which they need
// each other, and takes them down in reverse.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <florin/result.hpp>

#include "kernel/platform/config/config.hpp"

namespace florin {

struct ApplianceOptions {
  std::string directory;               // --config
  std::vector<std::string> overrides;  // --set
};

class Appliance {
 public:
  // Ready to take payments when this returns. Errors are sentences for whoever starts it; configuration
  // faults come one a line, each with file, line and column.
  static Result<std::unique_ptr<Appliance>> start(ApplianceOptions options);
  virtual ~Appliance() = default;
  virtual std::uint16_t port() const = 0;
  virtual std::string url() const = 0;
  // Reads the configuration again: all or nothing. The faults when nothing changed.
  virtual std::vector<ConfigFault> reload() = 0;
  // Stops listening, lets what is under way end, leaves the rest to recovery.
  virtual void stop() = 0;
};

}  // namespace florin
