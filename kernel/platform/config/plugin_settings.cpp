// Reads one plugin's settings; the only file that knows valijson.
#include "kernel/platform/config/plugin_settings.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <re2/re2.h>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace florin {
namespace {

// valijson matches patterns by std::regex, whose recursion a long text can drive through the stack. We
// have matched them by RE2 before: what RE2 knows is taken out of the schema that valijson gets.
void drop_patterns(Json& json) {
  if (json.is_array())
    for (Json& each : json) drop_patterns(each);
  if (!json.is_object()) return;
  for (auto& [name, inner] : json.items()) drop_patterns(inner);
  if (json.contains("pattern") && json["pattern"].is_string() &&
      RE2(json["pattern"].get<std::string>(), RE2::Quiet).ok())
    json.erase("pattern");
}

// valijson names a place as "<root>", "[\"windows\"]", "[0]".
const YamlNode* step(const YamlNode* node, const std::string& name, std::string& path) {
  if (name.size() < 3 || name.front() != '[') return node;
  const std::string inner = name.substr(1, name.size() - 2);
  if (inner.front() == '"') {
    const std::string key = inner.substr(1, inner.size() - 2);
    const YamlMember* member = node->find(key);
    if (member == nullptr) return node;
    path += "." + key;
    return &member->value;
  }
  const std::optional<std::int64_t> index = whole_number(inner);
  if (!index || node->items.size() <= static_cast<std::size_t>(*index)) return node;
  path += name;
  return &node->items[static_cast<std::size_t>(*index)];
}

}  // namespace

struct PluginSettings::Known {
  Schema schema;
  valijson::Schema rest;
};

PluginSettings::PluginSettings(Checker& checker) : checker_(checker) {}
PluginSettings::~PluginSettings() = default;

const PluginSettings::Known* PluginSettings::known(const Descriptor& plugin, const YamlNode& node) {
  const auto [place, is_new] = known_.try_emplace(&plugin);
  if (is_new) {
    std::string why;
    try {
      auto schema = schema_from_json(plugin.settings_schema);
      if (schema) {
        auto made = std::make_unique<Known>();
        made->schema = *std::move(schema);
        Json json = Json::parse(plugin.settings_schema);
        drop_patterns(json);
        const valijson::adapters::NlohmannJsonAdapter adapter(json);
        valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(adapter, made->rest);
        place->second = std::move(made);
      } else {
        why = schema.error().message;
      }
    } catch (const std::exception& e) {
      why = e.what();
    }
    if (!why.empty())
      checker_.fault(
          node, "",
          fmt::format("the settings schema inside plugin \"{}\" is unusable ({}); its author must mend it",
                      plugin.name, why));
  }
  return place->second.get();
}

std::optional<Settings> PluginSettings::read(const Descriptor& plugin, const Schema& common,
                                             const YamlNode& node, const std::string& path) {
  const Known* ours = known(plugin, node);
  if (ours == nullptr) return std::nullopt;
  std::vector<std::string> names = common.field_names(), unknown;
  for (const std::string& name : ours->schema.field_names()) names.push_back(name);

  bool sound = true;
  Json values = Json::object();
  std::map<std::string, Secret> secrets;
  for (const YamlMember& member : node.members) {
    const Field* field = ours->schema.field(member.key);
    if (field == nullptr) {
      if (common.field(member.key) != nullptr) continue;
      checker_.unknown_key(node, member, path, names);
      unknown.push_back(member.key);
      continue;
    }
    const auto value = checker_.value(field->schema, member.value, path + "." + member.key);
    sound = sound && value.has_value();
    if (value) values[member.key] = *value;
  }
  for (const Field& field : ours->schema.fields) {
    if (node.find(field.name) != nullptr) continue;
    if (field.required) checker_.missing(node, path, field, unknown);
    sound = sound && !field.required;
    if (!field.fallback.is_null()) values[field.name] = field.fallback;
  }
  if (!sound || !unknown.empty() || !validate(*ours, values, node, path)) return std::nullopt;

  for (const Field& field : ours->schema.fields) {
    if (field.schema.kind != Schema::Kind::kText || !field.schema.text.secret || !values.contains(field.name))
      continue;
    secrets.emplace(field.name, Secret(values[field.name].get<std::string>()));
    values.erase(field.name);
  }
  return Settings(std::move(values), std::move(secrets));
}

bool PluginSettings::validate(const Known& known, const Json& values, const YamlNode& node,
                              const std::string& path) {
  valijson::Validator validator;
  valijson::ValidationResults results;
  const valijson::adapters::NlohmannJsonAdapter adapter(values);
  if (validator.validate(known.rest, adapter, &results)) return true;
  // The deepest place first: the outer ones only repeat that something inside them is wrong.
  valijson::ValidationResults::Error error, deepest;
  while (results.popError(error))
    if (error.context.size() > deepest.context.size()) deepest = error;
  const YamlNode* at = &node;
  std::string where = path;
  for (const std::string& name : deepest.context) at = step(at, name, where);
  checker_.fault(*at, where, "does not fit the plugin's schema: " + deepest.description);
  return false;
}

}  // namespace florin
