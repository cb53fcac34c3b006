// florin migrate, reload.
#include <iostream>

#include "kernel/app/cli/cli.hpp"

namespace florin {

namespace {

void migrate_store(CliContext& context) {
  const auto bare = context.sound_config();
  if (!bare) return;
  ThreadExecutor executor(1);
  StoreOptions options;
  options.url = bare->store.url;
  options.executor = &executor;
  const auto applied = migrate(options);
  if (!applied) return context.fail(applied.error().message);
  std::cout << (applied->empty() ? "nothing to migrate\n" : "applied " + std::to_string(applied->size()) + " migrations\n");
}

}  // namespace

void add_admin_commands(CLI::App& app, CliContext& context) {
  app.add_subcommand("migrate", "Bring the database's tables up to this version")->callback([&context] { migrate_store(context); });
  app.add_subcommand("reload", "Make the daemon read its configuration again, all or nothing")->callback([&context] {
    const auto answer = context.ask_daemon("reload", Json::object());
    if (!answer) return;
    for (const Json& fault : answer->value("faults", Json::array())) {
      std::cout << fault.get<std::string>() << "\n";
      context.exit_code = 1;
    }
    if (context.exit_code == 0) std::cout << "reloaded\n";
  });
}

}  // namespace florin
