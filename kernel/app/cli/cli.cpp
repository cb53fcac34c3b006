// Parts made when they are asked for, and printing.
#include "kernel/app/cli/cli.hpp"

#include <iostream>

#include <fmt/format.h>

#include "kernel/app/control.hpp"
#include "kernel/app/paths.hpp"

namespace florin {

void CliContext::fail(const std::string& why) {
  std::cerr << why << std::endl;
  exit_code = 2;
}

std::shared_ptr<const AppConfig> CliContext::bare_config() {
  if (bare_) return bare_;
  const ConfigOutcome outcome = load_bare_config(directory, overrides);
  for (const ConfigFault& fault : outcome.faults) fail(fault.text());
  bare_is_sound_ = outcome.faults.empty();
  return bare_ = outcome.config;
}

std::shared_ptr<const AppConfig> CliContext::sound_config() {
  const auto bare = bare_config();
  return bare_is_sound_ ? bare : nullptr;
}

PluginHost* CliContext::plugins() {
  if (plugins_) return plugins_.get();
  const auto bare = bare_config();
  if (!bare) return nullptr;
  PluginHostOptions options;
  options.folder = plugins_folder(*bare);
  plugins_ = PluginHost::open(options);
  return plugins_.get();
}

std::shared_ptr<const AppConfig> CliContext::config() {
  if (config_) return config_;
  PluginHost* const host = plugins();
  if (!host) return nullptr;
  const ConfigOutcome outcome = load_config(directory, overrides, *host);
  for (const ConfigFault& fault : outcome.faults) fail(fault.text());
  return config_ = outcome.config;
}

Store* CliContext::store() {
  if (store_) return store_.get();
  const auto bare = sound_config();
  if (!bare) return nullptr;
  executor_ = std::make_unique<ThreadExecutor>(1);
  StoreOptions options;
  options.url = bare->store.url;
  options.executor = executor_.get();
  options.readers = 1;
  auto opened = open_store_read_only(options);
  if (!opened) {
    fail(opened.error().message);
    return nullptr;
  }
  store_ = std::move(*opened);
  return store_.get();
}

std::string CliContext::control_path() {
  const auto bare = sound_config();
  return bare ? state_file(*bare, "florind.sock") : "";
}

std::optional<Json> CliContext::ask_daemon(const std::string& command, const Json& arguments) {
  const std::string path = control_path();
  if (path.empty()) return std::nullopt;
  const Result<Json> answer = control_daemon(path, command, arguments);
  if (answer) return *answer;
  fail(answer.error().message);
  return std::nullopt;
}

void CliContext::print(const std::vector<Json>& rows, const std::vector<std::string>& columns) const {
  if (json) {
    std::cout << Json(rows).dump(2) << std::endl;
    return;
  }
  const auto cell = [](const Json& row, const std::string& column) {
    const Json* value = find(row, column);
    if (!value || value->is_null()) return std::string("-");
    return value->is_string() ? value->get<std::string>() : value->dump();
  };
  std::vector<std::size_t> widths;
  for (const std::string& column : columns) {
    std::size_t width = column.size();
    for (const Json& row : rows) width = std::max(width, cell(row, column).size());
    widths.push_back(width);
  }
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) line += fmt::format("{:<{}}  ", columns[i], widths[i]);
  std::cout << line << "\n";
  for (const Json& row : rows) {
    line.clear();
    for (std::size_t i = 0; i < columns.size(); ++i) line += fmt::format("{:<{}}  ", cell(row, columns[i]), widths[i]);
    std::cout << line << "\n";
  }
  std::cout.flush();
}

}  // namespace florin
