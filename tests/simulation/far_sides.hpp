// The other ends of the network: the providers' sandboxes with their books, and the merchants' webhook
// endpoints.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <florin/sandbox.hpp>

#include "kernel/platform/plugin_host/plugin_host.hpp"
#include "tests/simulation/doors.hpp"
#include "tests/simulation/oracles.hpp"
#include "tests/simulation/weather.hpp"

namespace florin::simulation {

// Where the simulation's configuration says that all this is.
inline const std::string kSandboxUrl = "http://sandbox.sim";
inline const std::string kFlorinUrl = "http://florin.sim";

class FarSides {
 public:
  FarSides(Timeline& timeline, Weather& weather, Oracles& oracles, PluginHost& plugins, const AppConfig& config);

  // A request that has arrived at `url`'s host: a sandbox or a shop's webhook endpoint.
  SandboxReply arrive(const std::string& url, const HttpRequest& request);
  // A request leaves for `url`, whether it arrives or not.
  void depart(const std::string& url, const HttpRequest& request);
  // What a browser does on a sandbox's page: its answer tells where the payer goes next.
  HttpResponse visit(const std::string& url, const std::string& outcome);
  // Told of each webhook that a sandbox sends.
  std::function<void(SandboxWebhook)> on_webhook;

  const std::map<std::string, Books>& books() const { return books_; }

 private:
  struct Far {
    std::shared_ptr<Sandbox> sandbox;
    std::vector<SandboxAccount> accounts;
  };
  SandboxReply ask(const std::string& plugin, const HttpRequest& request);
  SandboxReply receive(const std::string& url, const HttpRequest& request);

  Timeline& timeline_;
  Weather& weather_;
  Oracles& oracles_;
  std::map<std::string, Far> far_;
  std::map<std::string, Books> books_;
};

}  // namespace florin::simulation
