// The checks on a plugin's entry and descriptor, after loading and before anything is made from it.
#include "kernel/platform/plugin_host/descriptor_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <florin/json.hpp>
#include <florin/money.hpp>

namespace florin {
namespace {
using Fault = std::optional<std::string>;

bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

// 1.2.3, with an optional -pre.release or +build behind.
bool is_version(const std::string& text) {
  const std::string core = text.substr(0, text.find_first_of("-+"));
  const bool plain = std::all_of(core.begin(), core.end(), [](char c) { return digit(c) || c == '.'; });
  return plain && std::count(core.begin(), core.end(), '.') == 2 && core.find("..") == std::string::npos &&
         core.front() != '.' && core.back() != '.';
}

bool is_https(const std::string& url) {
  return url.starts_with("https://") && url.size() > 8 && !url.ends_with("/") &&
         url.find_first_of(" \t\r\n@?#") == std::string::npos;
}

Fault makers_fault(const PluginEntry& entry, PluginKind kind) {
  const int made = (entry.make_provider != nullptr) + (entry.make_notifier != nullptr) +
                   (entry.make_fraud_rule != nullptr) + (entry.make_sandbox != nullptr);
  const bool right = (kind == PluginKind::kProvider && entry.make_provider) ||
                     (kind == PluginKind::kNotifier && entry.make_notifier) ||
                     (kind == PluginKind::kFraudRule && entry.make_fraud_rule) ||
                     (kind == PluginKind::kSandbox && entry.make_sandbox);
  if (made == 1 && right) return std::nullopt;
  return fmt::format("it does not make a {}, which is what its folder is for", to_text(kind));
}

Fault hosts_fault(const std::vector<Host>& hosts) {
  std::set<std::string> names;
  for (const Host& host : hosts) {
    if (host.name.empty() || !names.insert(host.name).second)
      return "two of its hosts have the same name, or one has none";
    if (!is_https(host.url) || (!host.test_url.empty() && !is_https(host.test_url)))
      return fmt::format("its host {} is not an https:// address without a trailing slash", host.name);
  }
  return std::nullopt;
}

Fault schema_fault(const Descriptor& descriptor) {
  if (descriptor.kind == PluginKind::kSandbox && descriptor.settings_schema.empty()) return std::nullopt;
  const auto schema = parse_json(descriptor.settings_schema);
  if (!schema) return "its settings schema is no JSON (" + schema.error().message + ")";
  if (!schema->is_object() || text_at(*schema, "type") != "object")
    return "its settings schema does not describe an object (\"type\": \"object\")";
  const Json* properties = find(*schema, "properties");
  if (properties && !properties->is_object()) return "its settings schema's properties are no object";
  return std::nullopt;
}

Fault capabilities_fault(const Capabilities& can) {
  if (can.methods.empty()) return "it declares no payment method";
  for (const std::string& method : can.methods)
    if (method.empty() || !std::all_of(method.begin(), method.end(), [](char c) { return lower(c) || digit(c) || c == '_'; }))
      return fmt::format("its payment method \"{}\" is not lower case letters, digits and _", method);
  for (const std::string& currency : can.currencies)
    if (!Currency::parse(currency)) return fmt::format("it declares the currency {}, which does not exist", currency);
  for (const std::string& country : can.countries)
    if (country.size() != 2 || !upper(country[0]) || !upper(country[1]))
      return fmt::format("it declares the country {}, which is not two upper case letters", country);
  const bool takes_cards = std::find(can.methods.begin(), can.methods.end(), "card") != can.methods.end();
  if (takes_cards && can.card_input.empty()) return "it takes cards but does not say how they reach it (card_input)";
  if (can.partial_capture && !can.manual_capture) return "it declares partial_capture without manual_capture";
  if (can.multiple_captures && !can.partial_capture) return "it declares multiple_captures without partial_capture";
  if (can.partial_refunds && !can.refunds) return "it declares partial_refunds without refunds";
  if (can.idempotent_for.count() < 0) return "it declares a negative idempotent_for";
  return std::nullopt;
}

}  // namespace

bool is_plugin_name(const std::string& name) {
  return name.size() >= 2 && name.size() <= 32 && lower(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return lower(c) || digit(c) || c == '_'; });
}

std::optional<std::string> entry_fault(const PluginEntry* entry, PluginKind kind, const std::string& name) {
  if (!entry) return "its entry answers nothing";
  // Again, now from the code: the section could have been copied from another build.
  if (entry->sdk_version != FLORIN_SDK_VERSION)
    return fmt::format("its code was built for SDK version {}, this Florin has version {}", entry->sdk_version,
                       FLORIN_SDK_VERSION);
  if (!entry->descriptor) return "it has no descriptor";
  const Descriptor& descriptor = *entry->descriptor;
  if (descriptor.kind != kind)
    return fmt::format("it says it is a {}, but lies in the folder of {}s", to_text(descriptor.kind), to_text(kind));
  if (descriptor.name != name)
    return fmt::format("it calls itself \"{}\", but its file \"{}\"", descriptor.name, name);
  if (!is_version(descriptor.version)) return fmt::format("its version \"{}\" is not like 1.2.3", descriptor.version);
  if (descriptor.title.empty()) return "it has no title";
  if (auto fault = makers_fault(*entry, kind)) return fault;
  if (auto fault = hosts_fault(descriptor.hosts)) return fault;
  if (auto fault = schema_fault(descriptor)) return fault;
  return kind == PluginKind::kProvider ? capabilities_fault(descriptor.capabilities) : std::nullopt;
}

}  // namespace florin
