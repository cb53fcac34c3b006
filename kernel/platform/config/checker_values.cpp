// Values against their schema. YAML's own guesses (is NO a flag, 0123 an octal?) play no part: the schema
// says what stands here, and the text either is that or is not.
#include "kernel/platform/config/checker.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>
#include <re2/re2.h>

#include "kernel/platform/config/hints.hpp"
#include "kernel/platform/config/near.hpp"
#include "kernel/platform/config/rules.hpp"
#include "kernel/platform/config/substitute.hpp"

namespace florin {
namespace {

// --set gives lists as "a,b".
YamlNode split(const YamlNode& node) {
  YamlNode list = node;
  list.kind = YamlNode::Kind::kList;
  std::string rest = node.text;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    YamlNode item = node;
    item.text = rest.substr(0, comma);
    list.items.push_back(std::move(item));
    rest.erase(0, comma + 1);
  }
  return list;
}

}  // namespace

std::optional<std::int64_t> whole_number(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0') || text == "-0") return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Checker::Checker(std::string directory, bool live, std::vector<ConfigFault>& faults)
    : directory_(std::move(directory)), live_(live), faults_(faults) {}
Checker::~Checker() = default;

bool Checker::matches(const std::string& pattern, const std::string& text) {
  std::unique_ptr<RE2>& compiled = patterns_[pattern];
  if (!compiled) compiled = std::make_unique<RE2>(pattern, RE2::Quiet);
  // A plugin's pattern that RE2 does not know (look-ahead) is left to the schema's validator.
  return !compiled->ok() || RE2::FullMatch(text, *compiled);
}

std::optional<Json> Checker::value(const Schema& schema, const YamlNode& node, const std::string& path) {
  switch (schema.kind) {
    case Schema::Kind::kText:
      return text(schema, node, path);
    case Schema::Kind::kAny:
      return anything(node, path);
    case Schema::Kind::kList:
      return list(schema, node, path);
    case Schema::Kind::kMap:
      return map(schema, node, path);
    case Schema::Kind::kObject:
      return plain_object(schema, node, path);
    case Schema::Kind::kInteger:
    case Schema::Kind::kFlag:
      break;
  }
  if (node.kind != YamlNode::Kind::kScalar) return unfit(node, path, schema), std::nullopt;
  const std::optional<std::string> word = resolved(node, path, false);
  if (!word) return std::nullopt;
  if (schema.kind == Schema::Kind::kFlag) {
    if (*word == "true" || *word == "false") return Json(*word == "true");
    return unfit(node, path, schema, hint::for_flag(*word)), std::nullopt;
  }
  if (schema.decimals && RE2::FullMatch(*word, R"(-?(0|[1-9][0-9]*)\.[0-9]+)")) return Json::parse(*word);
  const std::optional<std::int64_t> number = whole_number(*word);
  if (number && *number >= schema.least && *number <= schema.most) return Json(*number);
  return unfit(node, path, schema), std::nullopt;
}

std::optional<std::string> Checker::resolved(const YamlNode& node, const std::string& path, bool secret) {
  const Result<Substituted> result = substitute(node.text, directory_);
  if (!result) return fault(node, path, "has no value: " + result.error().message), std::nullopt;
  if (secret && live_ && !result->from_outside)
    return fault(node, path, "is a secret in clear, which live mode refuses; write ${NAME} or file:<path>"),
           std::nullopt;
  return result->text;
}

std::optional<Json> Checker::text(const Schema& schema, const YamlNode& node, const std::string& path) {
  const TextRule& rule = schema.text;
  if (node.kind != YamlNode::Kind::kScalar) return unfit(node, path, schema), std::nullopt;
  std::optional<std::string> word = resolved(node, path, rule.secret);
  if (!word) return std::nullopt;
  if (word->empty() && rule.may_be_empty) return Json(*word);
  if (word->empty())
    return fault(node, path, fmt::format("is empty; expected {}", describe(schema))), std::nullopt;

  std::string hint;
  bool fits = rule.pattern.empty() || matches(rule.pattern, *word);
  if (fits && rule.accepts) fits = rule.accepts(*word);
  if (!rule.one_of.empty() && !hint::has(rule.one_of, *word)) {
    fits = false;
    hint = did_you_mean(*word, rule.one_of);
  }
  if (rule.format == TextRule::Format::kCurrency && !hint::has(rules::currencies(), *word)) {
    fits = false;
    hint = hint::for_currency(*word);
  }
  if (rule.format == TextRule::Format::kCountry && !hint::has(rules::countries(), *word)) {
    fits = false;
    hint = hint::for_country(*word);
  }
  if (!fits) return unfit(node, path, schema, hint), std::nullopt;
  // What stands on the command line counts from where the command was given.
  if (rule.format == TextRule::Format::kPath && node.line > 0)
    return Json((std::filesystem::path(directory_) / *word).lexically_normal().string());
  return Json(*word);
}

std::optional<Json> Checker::list(const Schema& schema, const YamlNode& node, const std::string& path) {
  if (node.line == 0 && node.kind == YamlNode::Kind::kScalar) return list(schema, split(node), path);
  if (node.kind != YamlNode::Kind::kList) return unfit(node, path, schema), std::nullopt;
  if (schema.filled && node.items.empty())
    return fault(node, path, "is empty; expected at least one"), std::nullopt;
  Json out = Json::array();
  for (std::size_t i = 0; i < node.items.size(); ++i)
    if (auto item = value(*schema.item, node.items[i], fmt::format("{}[{}]", path, i)))
      out.push_back(*std::move(item));
  if (out.size() < node.items.size()) return std::nullopt;
  return out;
}

std::optional<Json> Checker::map(const Schema& schema, const YamlNode& node, const std::string& path) {
  if (node.kind != YamlNode::Kind::kMap) return unfit(node, path, schema), std::nullopt;
  Json out = Json::object();
  for (const YamlMember& member : node.members) {
    if (!is_key(schema, node, member)) continue;
    if (auto item = value(*schema.item, member.value, path + "." + member.key))
      out[member.key] = *std::move(item);
  }
  if (out.size() < node.members.size()) return std::nullopt;
  return out;
}

std::optional<Json> Checker::plain_object(const Schema& schema, const YamlNode& node,
                                          const std::string& path) {
  if (node.kind != YamlNode::Kind::kMap) return unfit(node, path, schema), std::nullopt;
  Json out = Json::object();
  bool sound = true;
  std::vector<std::string> unknown;
  for (const YamlMember& member : node.members) {
    const Field* known = schema.field(member.key);
    if (known == nullptr) {
      unknown_key(node, member, path, schema.field_names());
      unknown.push_back(member.key);
    } else if (auto item = value(known->schema, member.value, path + "." + member.key)) {
      out[member.key] = *std::move(item);
    } else {
      sound = false;
    }
  }
  for (const Field& each : schema.fields) {
    if (node.find(each.name) != nullptr) continue;
    if (each.required) {
      missing(node, path, each, unknown);
      sound = false;
    } else if (!each.fallback.is_null()) {
      out[each.name] = each.fallback;
    }
  }
  if (!sound || !unknown.empty()) return std::nullopt;
  return out;
}

std::optional<Json> Checker::anything(const YamlNode& node, const std::string& path) {
  if (node.kind == YamlNode::Kind::kNull) return Json();
  if (node.kind == YamlNode::Kind::kScalar) {
    const std::optional<std::string> word = resolved(node, path, false);
    if (!word) return std::nullopt;
    if (node.quoted) return Json(*word);
    if (*word == "true" || *word == "false") return Json(*word == "true");
    if (const auto number = whole_number(*word)) return Json(*number);
    return Json(*word);
  }
  Json out = node.kind == YamlNode::Kind::kList ? Json::array() : Json::object();
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    auto item = anything(node.items[i], fmt::format("{}[{}]", path, i));
    if (!item) return std::nullopt;
    out.push_back(*std::move(item));
  }
  for (const YamlMember& member : node.members) {
    auto item = anything(member.value, path + "." + member.key);
    if (!item) return std::nullopt;
    out[member.key] = *std::move(item);
  }
  return out;
}

}  // namespace florin
