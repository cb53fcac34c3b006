// `florin sandbox`: a process of its own that is every far side, with the accounts of Florin's own
// configuration.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <florin/sandbox.hpp>

#include "kernel/platform/config/config.hpp"

namespace florin {

struct SandboxProcessOptions {
  std::uint16_t port = 8090;
  std::shared_ptr<const AppConfig> config;  // Null: no accounts, so any credentials are good.
  std::string plugin_folder;
  std::string webhook_base_url;  // The daemon, without a trailing slash; "" : from the configuration.
  std::string public_url;        // Where browsers reach the sandboxes; "" : http://localhost:<port>
  std::string books_file;        // "" : the books end with the process.
};

// The accounts that merchants have with one plugin, providers' and notifiers' alike. Webhooks go to
// {base}/api/v1/webhooks/{provider}/{merchant}.{account}.
std::vector<SandboxAccount> sandbox_accounts(const AppConfig& config, const std::string& plugin,
                                             const std::string& webhook_base_url);

// Prints "florin sandbox ready http://127.0.0.1:<port>" to standard output when it serves, and returns on
// SIGTERM or SIGINT. The process's exit code; what went wrong is on standard error. Called on the main
// thread, before there are others.
int run_sandbox_host(const SandboxProcessOptions& options);

}  // namespace florin
