// What the commands of `florin` share: where the configuration is, the parts that a command needs, made
// when it asks for them, and how lists are printed. A command returns the process's exit code: 0 done,
// 1 something is wrong with what was looked at, 2 it could not be done.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <florin/json.hpp>

#include "kernel/modules/merchants/directory.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/config/config.hpp"
#include "kernel/platform/plugin_host/plugin_host.hpp"
#include "kernel/platform/store/open.hpp"

namespace florin {

class CliContext {
 public:
  std::string directory = "config";
  std::vector<std::string> overrides;
  bool json = false;
  int exit_code = 0;

  // Each prints what is wrong and returns nothing when it cannot be had.
  // What florin.yaml says of stores and folders, faults or not: for commands that look at the faults too.
  std::shared_ptr<const AppConfig> bare_config();
  // The same, but nothing when anything in it is wrong: a store that was not meant is not opened.
  std::shared_ptr<const AppConfig> sound_config();
  std::shared_ptr<const AppConfig> config();
  PluginHost* plugins();
  Store* store();  // Read only.
  std::string control_path();
  // Runs a read of the store to its end.
  template <class Query>
  auto read(Query query) -> std::optional<typename std::invoke_result_t<Query&, Session&>::value_type> {
    Store* const from = store();
    if (!from) return std::nullopt;
    auto reading = from->read(std::move(query));
    auto found = reading.run();
    if (found) return std::move(*found);
    fail(found.error().message);
    return std::nullopt;
  }
  // Sends a command to the daemon.
  std::optional<Json> ask_daemon(const std::string& command, const Json& arguments);

  void fail(const std::string& why);  // Prints it and sets the exit code 2.
  // A list as JSON (--json) or as aligned columns under their names.
  void print(const std::vector<Json>& rows, const std::vector<std::string>& columns) const;

 private:
  std::shared_ptr<const AppConfig> bare_, config_;
  bool bare_is_sound_ = false;
  std::unique_ptr<PluginHost> plugins_;
  std::unique_ptr<ThreadExecutor> executor_;
  std::unique_ptr<Store> store_;
};

// The commands, each in its own file.
void add_check_command(CLI::App& app, CliContext& context);
void add_plugin_commands(CLI::App& app, CliContext& context);
void add_policy_commands(CLI::App& app, CliContext& context);
void add_payment_commands(CLI::App& app, CliContext& context);
void add_ledger_commands(CLI::App& app, CliContext& context);
void add_admin_commands(CLI::App& app, CliContext& context);
void add_key_commands(CLI::App& app, CliContext& context);
void add_demo_commands(CLI::App& app, CliContext& context);

}  // namespace florin
