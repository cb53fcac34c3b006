// The process around the host: plugins loaded, signals waited for.
#include "kernel/app/sandbox_host/run_sandbox_host.hpp"

#include <signal.h>

#include <cstdio>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "kernel/app/sandbox_host/sandbox_host.hpp"
#include "kernel/platform/config/base_url.hpp"
#include "kernel/platform/plugin_host/plugin_host.hpp"

namespace florin {
namespace {

std::string webhook_base(const SandboxProcessOptions& options) {
  if (!options.webhook_base_url.empty()) return options.webhook_base_url;
  return base_url_of(options.config->server, options.config->server.port);
}

std::vector<HostedSandbox> load_sandboxes(PluginHost& plugins, const SandboxProcessOptions& options) {
  for (const PluginStatus& status : plugins.statuses())
    if (status.state != PluginStatus::State::kLoaded) spdlog::warn("{}", status.why);
  std::vector<HostedSandbox> hosted;
  for (const std::string& name : plugins.names(PluginKind::kSandbox)) {
    Result<std::shared_ptr<Sandbox>> sandbox = plugins.make_sandbox(name);
    if (!sandbox) {
      spdlog::error("the {} sandbox cannot be made: {}", name, sandbox.error().message);
      continue;
    }
    std::vector<SandboxAccount> accounts;
    if (options.config) accounts = sandbox_accounts(*options.config, name, webhook_base(options));
    hosted.push_back(HostedSandbox{name, std::move(*sandbox), std::move(accounts)});
  }
  return hosted;
}

// Blocked in every thread that is started from here on, and taken by sigwait() alone.
sigset_t hold_ending_signals() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  return ending;
}

}  // namespace

int run_sandbox_host(const SandboxProcessOptions& options) {
  const sigset_t ending = hold_ending_signals();
  PluginHostOptions plugin_options;
  plugin_options.folder = options.plugin_folder;
  plugin_options.sandboxes = true;
  const std::unique_ptr<PluginHost> plugins = PluginHost::open(plugin_options);

  ThreadExecutor executor;
  SystemClock clock(executor);
  SandboxHostOptions host_options;
  host_options.port = options.port;
  host_options.public_url = options.public_url;
  host_options.books_file = options.books_file;
  if (options.config) host_options.ca_file = options.config->server.certificate_file;
  auto host = SandboxHost::open(host_options, load_sandboxes(*plugins, options), executor, clock);
  if (!host) {
    spdlog::error("{}", host.error().message);
    return 1;
  }
  fmt::print("florin sandbox ready http://127.0.0.1:{}\n", (*host)->port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ending, &signal);
  (*host)->stop();
  clock.stop();
  executor.drain(std::chrono::seconds(2));
  return 0;
}

}  // namespace florin
