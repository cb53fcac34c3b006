// Writes a JSON object straight into text: for the objects that every payment renders several times, where
// building a tree first costs more than all the rest. What is rare stays a Json and goes in by json().
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <florin/json.hpp>

namespace florin {

// Members come out in the order in which they are written. Names are literals of ours: they are not escaped.
class JsonText {
 public:
  JsonText() { out_.reserve(512); }

  JsonText& text(std::string_view name, std::string_view value);
  // An empty text is null.
  JsonText& text_or_null(std::string_view name, std::string_view value);
  JsonText& integer(std::string_view name, std::int64_t value);
  JsonText& integer_or_null(std::string_view name, std::optional<std::int64_t> value);
  // Of bool alone: a pointer or a number would else turn into one without a word.
  JsonText& boolean(std::string_view name, std::same_as<bool> auto value) { return raw(name, value ? "true" : "false"); }
  JsonText& json(std::string_view name, const Json& value);
  JsonText& texts(std::string_view name, const std::vector<std::string>& values);
  // A text that is JSON already.
  JsonText& raw(std::string_view name, std::string_view json);
  // A list of objects: list(), for each object() ... end_object(), then end_list().
  JsonText& list(std::string_view name);
  JsonText& end_list();
  JsonText& object();
  JsonText& end_object();

  // The object; nothing can be written after it.
  std::string finish();

 private:
  void separate();
  void name(std::string_view name);
  void value(std::string_view text);
  std::string out_;
};

// The same for a list of values that are JSON already.
class JsonTextList {
 public:
  void add(std::string_view json) {
    out_ += out_.empty() ? '[' : ',';
    out_ += json;
  }
  std::string finish() { return out_.empty() ? "[]" : std::move(out_) + "]"; }

 private:
  std::string out_;
};

}  // namespace florin
