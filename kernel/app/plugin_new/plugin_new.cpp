// Fills the embedded templates in.
#include "kernel/app/plugin_new/plugin_new.hpp"

#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <fstream>

#include "kernel/platform/plugin_host/descriptor_check.hpp"

namespace florin {
namespace {
namespace fs = std::filesystem;

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

// "acme_pay" is AcmePay in types and titles.
std::string type_name(const std::string& name) {
  std::string type;
  bool upper = true;
  for (const char c : name) {
    if (c != '_') type += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = c == '_';
  }
  return type;
}

Error unwritable(const std::string& path) {
  return {Error::Kind::kUnavailable, fmt::format("{} cannot be written; is its folder there and ours?", path), "", ""};
}

}  // namespace

Result<std::vector<std::string>> write_plugin_folder(const std::string& kind, const std::string& name,
                                                     const std::string& directory) {
  if (kind != "provider" && kind != "notifier" && kind != "fraud")
    return Error{Error::Kind::kInvalid, fmt::format("--kind is provider, notifier or fraud, not \"{}\"", kind), "", "kind"};
  if (!is_plugin_name(name))
    return Error{Error::Kind::kInvalid,
                 fmt::format("\"{}\" cannot be a plugin's name: two to 32 lower case letters, digits and _, a letter "
                             "first",
                             name),
                 "", "name"};
  std::error_code fault;
  if (fs::exists(directory, fault) && !fs::is_empty(directory, fault))
    return Error{Error::Kind::kConflict, fmt::format("{} is there already; nothing was written", directory), "", ""};
  fs::create_directories(directory, fault);
  if (fault) return unwritable(directory);

  std::vector<std::string> written;
  for (const PluginTemplate& each : plugin_templates()) {
    if (each.kind != kind) continue;
    std::string path(each.path), text(each.text);
    replace_all(path, "NAME", name);
    replace_all(text, "@name@", name);
    replace_all(text, "@Name@", type_name(name));
    const fs::path file = fs::path(directory) / path;
    std::ofstream out(file, std::ios::binary);
    out << text;
    if (!out.flush()) return unwritable(file.string());
    written.push_back(file.string());
  }
  return written;
}

}  // namespace florin
