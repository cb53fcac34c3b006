// florin check [dir]: every mistake in the configuration at once, with file, line and column.
#include <iostream>

#include "kernel/app/cli/cli.hpp"
#include "kernel/modules/merchants/directory.hpp"

namespace florin {

namespace {

void check(CliContext& context) {
  PluginHost* const plugins = context.plugins();
  if (!plugins) {
    context.exit_code = 1;
    return;
  }
  ConfigOutcome outcome = load_config(context.directory, context.overrides, *plugins);
  // What only making the parts can show: a plugin that refuses its settings, a policy that does not compile.
  if (outcome.config) outcome.faults = MerchantDirectory(*plugins).configure(outcome.config);
  if (context.json) {
    Json list = Json::array();
    for (const ConfigFault& fault : outcome.faults)
      list.push_back({{"file", fault.file}, {"line", fault.line}, {"column", fault.column}, {"message", fault.message}});
    std::cout << list.dump(2) << std::endl;
  } else {
    for (const ConfigFault& fault : outcome.faults) std::cout << fault.text() << "\n";
    if (outcome.faults.empty())
      std::cout << "ok: " << outcome.config->merchants.size() << " merchants in " << context.directory << "\n";
  }
  std::cout.flush();
  context.exit_code = outcome.faults.empty() ? 0 : 1;
}

}  // namespace

void add_check_command(CLI::App& app, CliContext& context) {
  CLI::App* const command = app.add_subcommand("check", "Check the configuration; exit code 1 on any mistake");
  command->add_option("directory", context.directory, "The configuration's directory");
  command->callback([&context] { check(context); });
}

}  // namespace florin
