// florin: the command line for merchants, policy authors and operators. What only reads opens the store
// itself; what changes state goes to the daemon through its control socket.
#include <csignal>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "kernel/app/cli/cli.hpp"
#include "kernel/app/version.hpp"

int main(int argc, char** argv) {
  CLI::App app("Florin, a payment gateway in a box", "florin");
  florin::CliContext context;
  app.require_subcommand(1);
  app.fallthrough();  // --config, --set and --json may stand after the command too.
  app.add_option("--config", context.directory, "The configuration's directory")->capture_default_str();
  app.add_option("--set", context.overrides, "key=value, over what florin.yaml says; may be repeated")
      ->allow_extra_args(false);
  app.add_flag("--json", context.json, "Lists as JSON");
  app.set_version_flag("--version", std::string(florin::kFlorinVersion));
  florin::add_check_command(app, context);
  florin::add_plugin_commands(app, context);
  florin::add_policy_commands(app, context);
  florin::add_payment_commands(app, context);
  florin::add_ledger_commands(app, context);
  florin::add_admin_commands(app, context);
  florin::add_key_commands(app, context);
  florin::add_demo_commands(app, context);
  std::signal(SIGPIPE, SIG_IGN);
  // Standard output is for what was asked for.
  spdlog::set_default_logger(spdlog::stderr_color_mt("florin"));
  spdlog::set_level(spdlog::level::warn);
  CLI11_PARSE(app, argc, argv);
  return context.exit_code;
}
