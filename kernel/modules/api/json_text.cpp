// Plain text is copied as it is; whatever needs escaping, or is no ASCII, is left to the library.
#include "kernel/modules/api/json_text.hpp"

#include <algorithm>
#include <charconv>

namespace florin {

namespace {
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
}
}  // namespace

// Before a member or an element: nothing that was written before it ends in a bracket that opens.
void JsonText::separate() {
  if (out_.empty())
    out_ += '{';
  else if (out_.back() != '{' && out_.back() != '[')
    out_ += ',';
}

void JsonText::name(std::string_view name) {
  separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

void JsonText::value(std::string_view text) {
  if (is_plain(text)) {
    out_ += '"';
    out_ += text;
    out_ += '"';
  } else {
    out_ += to_text(Json(text));
  }
}

JsonText& JsonText::text(std::string_view member, std::string_view text) {
  name(member);
  value(text);
  return *this;
}

JsonText& JsonText::texts(std::string_view member, const std::vector<std::string>& values) {
  list(member);
  for (const std::string& one : values) {
    separate();
    value(one);
  }
  return end_list();
}

JsonText& JsonText::list(std::string_view member) {
  name(member);
  out_ += '[';
  return *this;
}

JsonText& JsonText::end_list() {
  out_ += ']';
  return *this;
}

JsonText& JsonText::object() {
  separate();
  out_ += '{';
  return *this;
}

JsonText& JsonText::end_object() {
  out_ += '}';
  return *this;
}

JsonText& JsonText::text_or_null(std::string_view member, std::string_view value) {
  return value.empty() ? raw(member, "null") : text(member, value);
}

JsonText& JsonText::integer(std::string_view member, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return raw(member, std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

JsonText& JsonText::integer_or_null(std::string_view member, std::optional<std::int64_t> value) {
  return value ? integer(member, *value) : raw(member, "null");
}

JsonText& JsonText::json(std::string_view member, const Json& value) {
  if (value.is_null()) return raw(member, "null");
  if (value.empty()) return raw(member, value.is_array() ? "[]" : "{}");
  if (value.is_string()) return text(member, value.get_ref<const std::string&>());
  return raw(member, to_text(value));
}

JsonText& JsonText::raw(std::string_view member, std::string_view json) {
  name(member);
  out_ += json;
  return *this;
}

std::string JsonText::finish() {
  out_ += out_.empty() ? "{}" : "}";
  return std::move(out_);
}

}  // namespace florin
