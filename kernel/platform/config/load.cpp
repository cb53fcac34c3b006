// Reads the configuration directory: florin.yaml, then every merchant, then what they say together.
#include "kernel/platform/config/load.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <tuple>

#include <fmt/format.h>
#include <re2/re2.h>

#include "kernel/platform/config/cross_checks.hpp"
#include "kernel/platform/config/overrides.hpp"
#include "kernel/platform/config/substitute.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kFileBytesMost = 16 * 1024 * 1024;

// The file's tree; an empty one when it cannot be read, and `faults` says why.
YamlNode read_tree(const std::string& path, std::vector<ConfigFault>& faults, bool& sound) {
  YamlNode empty;
  empty.kind = YamlNode::Kind::kMap;
  empty.file = std::make_shared<const std::string>(path);
  empty.line = empty.column = 1;
  const auto text = read_whole_file(path, kFileBytesMost);
  sound = text.has_value();
  if (!text) {
    // The message begins with the path, as the fault's own text does.
    faults.push_back({path, 0, 0, text.error().message.substr(path.size() + 1)});
    return empty;
  }
  auto tree = parse_yaml(path, *text, faults);
  sound = tree.has_value();
  return tree ? *std::move(tree) : std::move(empty);
}

// Wanted before the rest is checked: live mode is stricter about every secret.
bool says_live(const YamlNode& root, const std::string& directory) {
  const YamlMember* mode = root.find("mode");
  if (mode == nullptr || mode->value.kind != YamlNode::Kind::kScalar) return false;
  const auto word = substitute(mode->value.text, directory);
  return word && word->text == "live";
}

std::string trimmed(std::string directory) {
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  return directory.empty() ? "." : directory;
}

void fill_in_absent(AppConfig& config) {
  if (config.scripts_dir.empty())
    config.scripts_dir = (fs::path(config.directory) / ".." / "scripts").lexically_normal().string();
  if (config.vault_key_id.empty()) config.vault_key_id = "1";
}

void sort_by_place(std::vector<ConfigFault>& faults) {
  std::stable_sort(faults.begin(), faults.end(), [](const ConfigFault& a, const ConfigFault& b) {
    return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
  });
}

// merchants/*.yaml in order of name.
std::vector<fs::path> merchant_files(const std::string& directory, std::vector<ConfigFault>& faults) {
  std::vector<fs::path> files;
  const std::string folder = directory + "/merchants";
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') || entry.is_directory(failed)) continue;
    if (name.ends_with(".yml"))
      faults.push_back(
          {entry.path().string(), 0, 0, "is not read, its name ends in .yml; rename it to .yaml"});
    if (name.ends_with(".yaml")) files.push_back(entry.path());
  }
  if (failed) faults.push_back({folder, 0, 0, "cannot be read: " + failed.message()});
  std::sort(files.begin(), files.end());
  return files;
}

void load_merchant(AppConfig& config, const fs::path& file, const PluginCatalog& catalog, Checker& checker,
                   PluginSettings& settings, std::vector<ConfigFault>& faults) {
  MerchantConfig merchant;
  merchant.id = file.stem().string();
  merchant.place = {file.string(), 1, 1};
  if (!RE2::FullMatch(merchant.id, "[a-z0-9][a-z0-9-]{1,62}"))
    faults.push_back(
        {file.string(), 0, 0,
         "names no merchant: the file's name is the merchant's id, small letters, digits and \"-\" "
         "(2 to 63 of them), like lisbon-books.yaml"});
  bool sound = true;
  const YamlNode root = read_tree(file.string(), faults, sound);
  if (!sound) return;
  checker.object(merchant_file_schema(), root, &merchant, "");
  check_together(config, merchant, root, catalog, checker, settings);
  config.merchants.emplace(merchant.id, std::move(merchant));
}

}  // namespace

std::string ConfigFault::text() const {
  return line == 0 ? fmt::format("{}: {}", file, message)
                   : fmt::format("{}:{}:{}: {}", file, line, column, message);
}

LoadedConfig load_with_tree(const std::string& directory, const std::vector<std::string>& overrides,
                            const PluginCatalog& catalog) {
  LoadedConfig loaded;
  loaded.config = std::make_shared<AppConfig>();
  AppConfig& config = *loaded.config;
  config.directory = trimmed(directory);

  bool sound = true;
  loaded.root = read_tree(config.directory + "/florin.yaml", loaded.faults, sound);
  apply_overrides(loaded.root, overrides, loaded.faults);
  Checker checker(config.directory, says_live(loaded.root, config.directory), loaded.faults);
  checker.object(florin_file_schema(), loaded.root, &config, "");
  fill_in_absent(config);
  // What a file that cannot be parsed lacks has been said by the one fault.
  if (sound) check_together(config, loaded.root, checker);

  PluginSettings settings(checker);
  for (const fs::path& file : merchant_files(config.directory, loaded.faults))
    load_merchant(config, file, catalog, checker, settings, loaded.faults);
  sort_by_place(loaded.faults);
  return loaded;
}

ConfigOutcome load_config(const std::string& directory, const std::vector<std::string>& overrides,
                          const PluginCatalog& catalog) {
  LoadedConfig loaded = load_with_tree(directory, overrides, catalog);
  if (!loaded.faults.empty()) return {nullptr, std::move(loaded.faults)};
  return {std::move(loaded.config), {}};
}

ConfigOutcome load_bare_config(const std::string& directory, const std::vector<std::string>& overrides) {
  std::vector<ConfigFault> faults;
  auto config = std::make_shared<AppConfig>();
  config->directory = trimmed(directory);
  bool sound = true;
  YamlNode root = read_tree(config->directory + "/florin.yaml", faults, sound);
  apply_overrides(root, overrides, faults);

  // The rest may still be wrong, or need secrets that this process has no use for.
  YamlNode needed = root;
  needed.members.clear();
  needed.index.clear();
  for (const char* key : {"mode", "server", "store", "sandbox", "plugins", "scripts", "log"})
    if (const YamlMember* member = root.find(key)) needed.add(*member);
  Checker checker(config->directory, false, faults);
  checker.object(florin_file_schema(), needed, config.get(), "");
  fill_in_absent(*config);
  sort_by_place(faults);
  if (!sound) config = nullptr;
  return {std::move(config), std::move(faults)};
}

}  // namespace florin
