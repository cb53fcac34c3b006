// Finds, checks and loads plugins, and stands between them and the kernel: what a plugin throws becomes
// an Error of that operation, counted and logged; which plugin was running when the process died is
// known at the next start.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <florin/plugin.hpp>
#include <florin/result.hpp>

#include "kernel/platform/config/config.hpp"

namespace florin {

struct PluginStatus {
  enum class State { kLoaded, kRefused, kQuarantined };
  std::string file;
  PluginKind kind = PluginKind::kProvider;
  std::string name, version, title;
  std::string digest;  // SHA-256 of the file, hex.
  State state = State::kLoaded;
  std::string why;  // When not loaded: a sentence with the file and what to do.
  std::int64_t exceptions = 0;
};

struct PluginHostOptions {
  std::string folder;      // Holds providers/, notifiers/, fraud/, sandboxes/.
  std::string state_file;  // The crash mark and the quarantine; "" : none is kept (tools, tests).
  bool sandboxes = false;  // Load sandboxes/ too.
  // With a state file: a step of a plugin that runs longer than this ends the process, for the supervisor to
  // start it again. Zero: never.
  std::chrono::milliseconds step_limit{10'000};
};

class PluginHost : public PluginCatalog {
 public:
  // Where the folder has a SHA256SUMS (of providers/acme.so and so on), only what it lists is loaded.
  // Loads all that can be loaded; what cannot is refused by name in statuses(), and is no error.
  static std::unique_ptr<PluginHost> open(PluginHostOptions options);

  // From settings that passed the schema. Every call into what comes back is guarded: exceptions become
  // Errors (an authorize that threw is InDoubt if any request had left, else an Error), and the plugin
  // is marked as running for as long as its code runs.
  virtual Result<std::shared_ptr<Provider>> make_provider(const std::string& name, const Settings& settings) = 0;
  virtual Result<std::shared_ptr<Notifier>> make_notifier(const std::string& name, const Settings& settings) = 0;
  virtual Result<std::shared_ptr<FraudRule>> make_fraud_rule(const std::string& name, const Settings& settings) = 0;
  virtual Result<std::shared_ptr<Sandbox>> make_sandbox(const std::string& name) = 0;

  virtual std::vector<PluginStatus> statuses() const = 0;
  // Lifts a quarantine, from the next start on. kNotFound when there is none.
  virtual Result<Done> lift_quarantine(const std::string& name) = 0;
};

}  // namespace florin
