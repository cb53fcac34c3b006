// The configuration that holds at this moment, and its swap for a new one: all or nothing. Who needs it
// asks current() once an operation and keeps what it got, so that one operation sees one configuration.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "kernel/platform/config/config.hpp"
#include "kernel/platform/random/random.hpp"

namespace florin {

class ConfigHolder {
 public:
  using Snapshot = std::shared_ptr<const AppConfig>;
  // Looks at a configuration before it holds, and may refuse it (a plugin refuses its settings, a policy
  // does not compile). Changes nothing yet.
  using Check = std::function<std::vector<ConfigFault>(const Snapshot&)>;
  using Subscriber = std::function<void(const Snapshot&)>;

  // `first` is what florind started with, read from the same directory and overrides, vault key and all.
  // `catalog` and `random` outlive the holder.
  ConfigHolder(Snapshot first, std::vector<std::string> overrides, const PluginCatalog& catalog,
               Random& random);

  Snapshot current() const;  // Any thread; never null.

  // Reads and checks the files again. No faults: the new configuration holds and subscribers have been
  // told, on this thread, in the order in which they came. Faults: everything is as before. Keys that
  // florind reads only at its start are a fault when they changed. Blocks for the length of a read of the
  // files; two reloads at once run one after the other.
  std::vector<ConfigFault> reload();

  void also_check(Check check);
  void subscribe(Subscriber subscriber);  // Told of changes from now on; must not throw or reload.

 private:
  const std::vector<std::string> overrides_;
  const PluginCatalog& catalog_;
  Random& random_;
  std::mutex reloading_;  // Held for a whole reload; guards the two lists.
  std::vector<Check> checks_;
  std::vector<Subscriber> subscribers_;
  mutable std::mutex mutex_;  // Guards current_.
  Snapshot current_;
};

}  // namespace florin
