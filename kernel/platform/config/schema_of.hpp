// Writes an object's schema down beside the struct that it fills: each line names a key, the member it
// goes to, its rule and what it means. Defaults are the struct's own, so that they are said once.
#pragma once

#include <chrono>
#include <type_traits>
#include <utility>

#include "kernel/platform/config/schema.hpp"

namespace florin {

// Between a member's type and the checked JSON value.
template <class Member>
struct Bound {
  static Json read(const Member& member) { return member; }
  static void write(Member& member, const Json& value) { member = value.get<Member>(); }
};
template <>
struct Bound<std::chrono::milliseconds> {
  static Json read(std::chrono::milliseconds member) { return member.count(); }
  static void write(std::chrono::milliseconds& member, const Json& value) {
    member = std::chrono::milliseconds(value.get<std::int64_t>());
  }
};
template <>
struct Bound<Secret> {
  static Json read(const Secret&) { return nullptr; }  // A secret goes in and never comes back out.
  static void write(Secret& member, const Json& value) { member = Secret(value.get<std::string>()); }
};
template <>
struct Bound<std::map<std::string, Secret>> {
  static Json read(const std::map<std::string, Secret>&) { return nullptr; }
  static void write(std::map<std::string, Secret>& member, const Json& value) {
    for (const auto& [name, text] : value.items())
      member.insert_or_assign(name, Secret(text.get<std::string>()));
  }
};
template <>
struct Bound<Currency> {
  static Json read(Currency member) { return std::string(member.code()); }
  static void write(Currency& member, const Json& value) { member = Currency::of(value.get<std::string>()); }
};
template <>
struct Bound<std::vector<Currency>> {
  static Json read(const std::vector<Currency>& member) {
    Json list = Json::array();
    for (const Currency each : member) list.push_back(std::string(each.code()));
    return list;
  }
  static void write(std::vector<Currency>& member, const Json& value) {
    member.clear();
    for (const Json& each : value) member.push_back(Currency::of(each.get<std::string>()));
  }
};

template <class Owner>
class SchemaOf {
 public:
  SchemaOf() { schema_.kind = Schema::Kind::kObject; }

  template <class Member>
  SchemaOf& text(std::string name, Member Owner::*member, TextRule rule, std::string doc) {
    return value(std::move(name), text_schema(std::move(rule)), member, std::move(doc));
  }
  template <class Member>
  SchemaOf& integer(std::string name, Member Owner::*member, std::int64_t least, std::int64_t most,
                    std::string doc) {
    return value(std::move(name), integer_schema(least, most), member, std::move(doc));
  }
  SchemaOf& flag(std::string name, bool Owner::*member, std::string doc) {
    Schema schema;
    schema.kind = Schema::Kind::kFlag;
    return value(std::move(name), std::move(schema), member, std::move(doc));
  }
  template <class Member>
  SchemaOf& texts(std::string name, std::vector<Member> Owner::*member, TextRule item, std::string doc) {
    return value(std::move(name), list_schema(text_schema(std::move(item)), false), member, std::move(doc));
  }
  SchemaOf& secrets(std::string name, std::map<std::string, Secret> Owner::*member, TextRule key,
                    TextRule item, std::string doc) {
    Schema schema = list_schema(text_schema(std::move(item)), false);
    schema.kind = Schema::Kind::kMap;
    schema.text = std::move(key);
    return value(std::move(name), std::move(schema), member, std::move(doc));
  }
  // A value of its own reading: `set` gets what passed the schema.
  SchemaOf& custom(std::string name, Schema schema, std::string doc,
                   std::function<void(Owner&, const Json&)> set, std::function<Json(const Owner&)> get) {
    Field& field = add(std::move(name), std::move(schema), std::move(doc));
    field.set = [set = std::move(set)](void* owner, const Json& value) {
      set(*static_cast<Owner*>(owner), value);
    };
    field.get = [get = std::move(get)](const void* owner) { return get(*static_cast<const Owner*>(owner)); };
    const Owner example{};
    field.fallback = field.get(&example);
    return *this;
  }

  // Keys below a key, of a struct of their own or, for `group`, of the same one.
  template <class Inner>
  SchemaOf& object(std::string name, Inner Owner::*member, SchemaOf<Inner> inner, std::string doc) {
    Field& field = add(std::move(name), std::move(inner).done(), std::move(doc));
    field.inner = [member](void* owner) -> void* { return &(static_cast<Owner*>(owner)->*member); };
    return *this;
  }
  SchemaOf& group(std::string name, SchemaOf<Owner> inner, std::string doc) {
    Field& field = add(std::move(name), std::move(inner).done(), std::move(doc));
    field.inner = [](void* owner) { return owner; };
    return *this;
  }
  // Objects under names of the operator's choice, and in a list.
  template <class Inner>
  SchemaOf& named(std::string name, std::map<std::string, Inner> Owner::*member, TextRule key,
                  SchemaOf<Inner> inner, std::string doc) {
    Schema schema = elements<std::map<std::string, Inner>, Inner>(Schema::Kind::kMap, std::move(inner));
    schema.text = std::move(key);
    return container(std::move(name), std::move(schema), member, std::move(doc));
  }
  template <class Inner>
  SchemaOf& named(std::string name, std::vector<Inner> Owner::*member, TextRule key, SchemaOf<Inner> inner,
                  std::string doc) {
    Schema schema = elements<std::vector<Inner>, Inner>(Schema::Kind::kMap, std::move(inner));
    schema.text = std::move(key);
    return container(std::move(name), std::move(schema), member, std::move(doc));
  }
  template <class Inner>
  SchemaOf& list(std::string name, std::vector<Inner> Owner::*member, SchemaOf<Inner> inner,
                 std::string doc) {
    return container(std::move(name),
                     elements<std::vector<Inner>, Inner>(Schema::Kind::kList, std::move(inner)), member,
                     std::move(doc));
  }

  // Of the key written last.
  SchemaOf& required() {
    schema_.fields.back().required = true;
    schema_.fields.back().schema.filled = true;
    schema_.fields.back().fallback = nullptr;
    return *this;
  }
  SchemaOf& restart() {
    schema_.fields.back().restart = true;
    return *this;
  }
  // Of the object: all other keys are the settings of the plugin that this one names.
  SchemaOf& settings_of(std::string plugin_key, PluginKind kind) {
    schema_.plugin_key = std::move(plugin_key);
    schema_.plugin_kind = kind;
    return *this;
  }

  Schema done() && { return std::move(schema_); }

 private:
  Field& add(std::string name, Schema schema, std::string doc) {
    Field& field = schema_.fields.emplace_back();
    field.name = std::move(name);
    field.schema = std::move(schema);
    field.doc = std::move(doc);
    return field;
  }
  template <class Member>
  SchemaOf& value(std::string name, Schema schema, Member Owner::*member, std::string doc) {
    return custom(
        std::move(name), std::move(schema), std::move(doc),
        [member](Owner& owner, const Json& json) { Bound<Member>::write(owner.*member, json); },
        [member](const Owner& owner) { return Bound<Member>::read(owner.*member); });
  }
  template <class Container>
  SchemaOf& container(std::string name, Schema schema, Container Owner::*member, std::string doc) {
    Field& field = add(std::move(name), std::move(schema), std::move(doc));
    field.inner = [member](void* owner) -> void* { return &(static_cast<Owner*>(owner)->*member); };
    return *this;
  }
  template <class Container, class Inner>
  static Schema elements(Schema::Kind kind, SchemaOf<Inner> inner) {
    Schema schema = list_schema(std::move(inner).done(), false);
    schema.kind = kind;
    schema.make = [](void* owner, const std::string& key, const ConfigPlace& place) -> void* {
      Container& all = *static_cast<Container*>(owner);
      Inner* made = nullptr;
      if constexpr (std::is_same_v<Container, std::vector<Inner>>)
        made = &all.emplace_back();
      else
        made = &all[key];
      if constexpr (requires { made->name; }) made->name = key;
      made->place = place;
      return made;
    };
    return schema;
  }

  Schema schema_;
};

}  // namespace florin
