// florin migrate, key create | revoke, reload.
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

  struct Asked {
    std::string merchant, id, kind = "secret";
    std::vector<std::string> scopes;
  };
  auto asked = std::make_shared<Asked>();
  CLI::App* const key = app.add_subcommand("key", "Merchants' API keys");
  key->require_subcommand(1);
  CLI::App* const create = key->add_subcommand("create", "Make a key; it is shown once");
  create->add_option("--merchant", asked->merchant, "Whose; none for an operators' key");
  create->add_option("--kind", asked->kind, "secret, publishable, or admin for operators")->capture_default_str();
  create->add_option("--scope", asked->scopes, "What it may do, such as payments:write; default: everything");
  create->callback([&context, asked] {
    Json arguments{{"merchant", asked->merchant}, {"kind", asked->kind}};
    if (!asked->scopes.empty()) arguments["scopes"] = asked->scopes;
    if (const auto made = context.ask_daemon("key.create", arguments))
      std::cout << (context.json ? made->dump(2) : text_at(*made, "id") + "  " + text_at(*made, "key")) << std::endl;
  });
  CLI::App* const revoke = key->add_subcommand("revoke", "Stop a key, at once and for ever");
  revoke->add_option("--merchant", asked->merchant, "Whose")->required();
  revoke->add_option("id", asked->id, "key_...")->required();
  revoke->callback([&context, asked] {
    if (context.ask_daemon("key.revoke", Json{{"merchant", asked->merchant}, {"id", asked->id}})) std::cout << "revoked\n";
  });
}

}  // namespace florin
