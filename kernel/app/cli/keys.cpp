// florin key create | list | rotate | revoke, florin vault rotate.
#include <iostream>

#include "kernel/app/cli/cli.hpp"
#include "kernel/modules/merchants/api_keys.hpp"

namespace florin {

namespace {

struct Asked {
  std::string merchant, id, kind = "secret";
  std::vector<std::string> scopes;
  std::int64_t days = 0, overlap_hours = 24;
};

void show_new(const CliContext& context, const std::optional<Json>& made) {
  if (made) std::cout << (context.json ? made->dump(2) : text_at(*made, "id") + "  " + text_at(*made, "key")) << std::endl;
}

void create_key(CliContext& context, const Asked& asked) {
  Json arguments{{"merchant", asked.merchant}, {"kind", asked.kind}, {"days", asked.days}};
  if (!asked.scopes.empty()) arguments["scopes"] = asked.scopes;
  show_new(context, context.ask_daemon("key.create", arguments));
}

void list_keys(CliContext& context, const Asked& asked) {
  const auto keys = context.read([&](Session& session) -> Result<std::vector<ApiKey>> { return stored_keys(session, asked.merchant); });
  if (!keys) return;
  std::vector<Json> rows;
  for (const ApiKey& key : *keys) rows.push_back(render_api_key(key));
  context.print(rows, {"id", "merchant", "kind", "ends_with", "scopes", "created", "expires", "revoked"});
}

void rotate_vault_key(CliContext& context) {
  const auto done = context.ask_daemon("vault.rotate", Json::object());
  if (!done) return;
  if (context.json)
    std::cout << done->dump(2) << std::endl;
  else
    std::cout << done->value("anew", 0) << " sealed anew, " << done->value("kept", 0) << " under the current key already" << std::endl;
  const Json broken = done->value("broken", Json::array());
  for (const Json& why : broken) std::cerr << why.get<std::string>() << std::endl;
  if (!broken.empty()) context.exit_code = 1;
}

}  // namespace

void add_key_commands(CLI::App& app, CliContext& context) {
  auto asked = std::make_shared<Asked>();
  CLI::App* const key = app.add_subcommand("key", "Merchants' and operators' API keys");
  key->require_subcommand(1);
  CLI::App* const create = key->add_subcommand("create", "Make a key; it is shown once");
  create->add_option("--merchant", asked->merchant, "Whose; none for an operators' key");
  create->add_option("--kind", asked->kind, "secret, publishable, or admin for operators")->capture_default_str();
  create->add_option("--scope", asked->scopes, "What it may do, such as payments:write; default: everything");
  create->add_option("--days", asked->days, "How long it works; default: until it is revoked")->check(CLI::Range(1, 3650));
  create->callback([&context, asked] { create_key(context, *asked); });
  CLI::App* const list = key->add_subcommand("list", "The keys that were made, without their texts");
  list->add_option("--merchant", asked->merchant, "Whose; default: everybody's");
  list->callback([&context, asked] { list_keys(context, *asked); });
  CLI::App* const rotate = key->add_subcommand("rotate", "Make a key in another's place; for a while both work");
  rotate->add_option("--merchant", asked->merchant, "Whose; none for an operators' key");
  rotate->add_option("--overlap-hours", asked->overlap_hours, "How long the old one goes on working")->capture_default_str();
  rotate->add_option("id", asked->id, "The old one: key_...")->required();
  rotate->callback([&context, asked] {
    show_new(context, context.ask_daemon("key.rotate", Json{{"merchant", asked->merchant}, {"id", asked->id},
                                                            {"overlap_hours", asked->overlap_hours}}));
  });
  CLI::App* const revoke = key->add_subcommand("revoke", "Stop a key, at once and for ever");
  revoke->add_option("--merchant", asked->merchant, "Whose; none for an operators' key");
  revoke->add_option("id", asked->id, "key_...")->required();
  revoke->callback([&context, asked] {
    if (context.ask_daemon("key.revoke", Json{{"merchant", asked->merchant}, {"id", asked->id}})) std::cout << "revoked\n";
  });

  CLI::App* const vault = app.add_subcommand("vault", "The key over what is encrypted at rest");
  vault->require_subcommand(1);
  vault->add_subcommand("rotate", "Seal what is at rest under the current vault.key, so that old keys can go")
      ->callback([&context] { rotate_vault_key(context); });
}

}  // namespace florin
