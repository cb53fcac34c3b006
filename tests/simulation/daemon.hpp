// The appliance as the simulation runs it: the same Gateway over doors of the world's, started, killed and
// started again. Requests enter above the socket, at the router.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "kernel/app/gateway.hpp"
#include "tests/simulation/network.hpp"
#include "tests/simulation/store.hpp"

namespace florin::simulation {

// What is the same in every run and dear to make: the plugins and the configuration. Made once a program.
struct Installation {
  std::unique_ptr<PluginHost> plugins;
  std::shared_ptr<const AppConfig> config;
  static const Installation& get();
};

class Daemon {
 public:
  Daemon(std::uint64_t seed, Timeline& timeline, Weather& weather, Disk& disk, Network& network, Oracles& oracles,
         bool forgetful_store);
  ~Daemon();

  void start();
  // At the next event, before anything else; started again after a while.
  void crash_soon();
  // `moment` of everything that knows moments: crashes if the weather says so.
  void moment() {
    if (process_ && weather_.crashes_now()) crash_soon();
  }
  bool is_ready() const;
  std::int64_t crashes() const { return crashes_; }

  // A request arrives. `answer` is called with the response when it leaves; with nothing when there is no
  // connection, and never when the process dies over it.
  void arrive(EdgeRequest request, std::function<void(std::optional<EdgeResponse>)> answer);

 private:
  struct Process;
  void crash();

  const std::uint64_t seed_;
  Timeline& timeline_;
  Weather& weather_;
  Disk& disk_;
  Network& network_;
  Oracles& oracles_;
  const bool forgetful_store_;
  std::unique_ptr<Process> process_;
  std::vector<std::unique_ptr<SimExecutor>> dead_;  // Events still point to them.
  std::int64_t starts_ = 0, crashes_ = 0;
  bool dying_ = false;
};

}  // namespace florin::simulation
