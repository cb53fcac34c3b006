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

void JsonText::name(std::string_view name) {
  out_ += out_.empty() ? '{' : ',';
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

JsonText& JsonText::text(std::string_view member, std::string_view value) {
  name(member);
  if (is_plain(value)) {
    out_ += '"';
    out_ += value;
    out_ += '"';
  } else {
    out_ += to_text(Json(value));
  }
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
