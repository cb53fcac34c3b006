// florin plugin list | new | lift.
#include <filesystem>
#include <iostream>

#include "kernel/app/cli/cli.hpp"
#include "kernel/app/control.hpp"
#include "kernel/app/ops_routes.hpp"
#include "kernel/app/paths.hpp"
#include "kernel/app/plugin_new/plugin_new.hpp"
#include "kernel/platform/plugin_host/look.hpp"

namespace florin {

namespace {

// The daemon knows best (it has counted exceptions); without one, what the next would load and leave out is.
void list_plugins(CliContext& context) {
  const auto bare = context.bare_config();
  if (!bare) return;
  std::vector<Json> rows;
  if (const Result<Json> asked = control_daemon(context.control_path(), "plugin.list", Json::object())) {
    for (const Json& plugin : *asked) rows.push_back(plugin);
  } else {
    for (const PluginStatus& plugin : look_at_plugins(plugins_folder(*bare), state_file(*bare, "plugins.state")))
      rows.push_back(render_plugin(plugin));
  }
  context.print(rows, {"kind", "name", "version", "state", "why"});
}

}  // namespace

void add_plugin_commands(CLI::App& app, CliContext& context) {
  CLI::App* const plugin = app.add_subcommand("plugin", "List plugins, begin a new one, lift a quarantine");
  plugin->require_subcommand(1);
  plugin->add_subcommand("list", "What is loaded, what was refused and why")->callback([&context] { list_plugins(context); });

  CLI::App* const fresh = plugin->add_subcommand("new", "Write the folder of a new plugin that builds and loads");
  auto name = std::make_shared<std::string>(), kind = std::make_shared<std::string>("provider"),
       folder = std::make_shared<std::string>(".");
  fresh->add_option("name", *name, "Its name, such as acme")->required();
  fresh->add_option("--kind", *kind, "provider, notifier or fraud")->capture_default_str();
  fresh->add_option("--directory", *folder, "Where its folder goes")->capture_default_str();
  fresh->callback([&context, name, kind, folder] {
    const auto written = write_plugin_folder(*kind, *name, (std::filesystem::path(*folder) / *name).string());
    if (!written) return context.fail(written.error().message);
    for (const std::string& file : *written) std::cout << "wrote " << file << "\n";
  });

  CLI::App* const lift = plugin->add_subcommand("lift", "Lift a plugin's quarantine, from the next start on");
  lift->add_option("name", *name, "The plugin's name")->required();
  lift->callback([&context, name] {
    if (context.ask_daemon("plugin.lift", Json{{"name", *name}})) std::cout << "lifted: restart florind to load " << *name << "\n";
  });
}

}  // namespace florin
