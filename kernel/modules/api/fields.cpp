// Field by field, first error kept.
#include "kernel/modules/api/fields.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace florin {

namespace {
const Json kNothing = Json::object();

bool printable(const std::string& text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') return false;
  return true;
}
}  // namespace

Fields::Fields(const Json& json, std::string path) : json_(json.is_object() ? json : kNothing), path_(std::move(path)) {
  if (!json.is_object()) fail("", "must be an object");
}

std::string Fields::name_of(std::string_view name) const {
  if (path_.empty()) return std::string(name);
  return name.empty() ? path_ : path_ + "." + std::string(name);
}

void Fields::fail(std::string_view name, std::string message, std::string code) {
  if (error_) return;
  const std::string param = name_of(name);
  error_ = Error{Error::Kind::kInvalid, (param.empty() ? "the body" : param) + " " + message, std::move(code), param};
}

const Json* Fields::get(std::string_view name) {
  const auto found = json_.find(name);
  if (found == json_.end()) return nullptr;
  asked_.push_back(&found.key());
  return found->is_null() ? nullptr : &*found;
}

bool Fields::has(std::string_view name) const {
  const auto found = json_.find(name);
  return found != json_.end() && !found->is_null();
}

bool Fields::is_text(std::string_view name) const {
  const auto found = json_.find(name);
  return found != json_.end() && found->is_string();
}

std::string Fields::text(std::string_view name, std::size_t length_max) {
  const Json* value = get(name);
  if (!value) return {};
  if (!value->is_string()) {
    fail(name, "must be a text");
    return {};
  }
  const auto& text = value->get_ref<const std::string&>();
  if (text.size() > length_max) fail(name, fmt::format("must have at most {} bytes", length_max));
  if (!printable(text)) fail(name, "must not hold control characters");
  return text;
}

std::string Fields::required_text(std::string_view name, std::size_t length_max) {
  std::string value = text(name, length_max);
  if (value.empty()) fail(name, "is required", "parameter_missing");
  return value;
}

std::optional<std::int64_t> Fields::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const Json* value = get(name);
  if (!value) return std::nullopt;
  const bool fits = value->is_number_integer() &&
                    !(value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX));
  if (!fits) {
    fail(name, "must be a whole number");
    return std::nullopt;
  }
  const auto number = value->get<std::int64_t>();
  if (number < min || number > max) fail(name, fmt::format("must be from {} to {}", min, max));
  return number;
}

std::optional<bool> Fields::boolean(std::string_view name) {
  const Json* value = get(name);
  if (!value) return std::nullopt;
  if (!value->is_boolean()) {
    fail(name, "must be true or false");
    return std::nullopt;
  }
  return value->get<bool>();
}

std::string Fields::one_of(std::string_view name, std::initializer_list<std::string_view> allowed) {
  const std::string value = text(name);
  if (value.empty()) return std::string(*allowed.begin());
  for (const std::string_view one : allowed)
    if (value == one) return value;
  fail(name, fmt::format("must be one of {}", fmt::join(allowed, ", ")));
  return value;
}

const Json* Fields::object(std::string_view name) {
  const Json* value = get(name);
  if (value && !value->is_object()) {
    fail(name, "must be an object");
    return nullptr;
  }
  return value;
}

const Json* Fields::array(std::string_view name, std::size_t count_max) {
  const Json* value = get(name);
  if (value && (!value->is_array() || value->size() > count_max)) {
    fail(name, fmt::format("must be a list of at most {}", count_max));
    return nullptr;
  }
  return value;
}

Json Fields::metadata(std::string_view name) {
  const Json* value = object(name);
  if (!value) return Json::object();
  if (value->size() > 50) fail(name, "must have at most 50 keys");
  for (const auto& [key, one] : value->items()) {
    if (key.size() > 40) fail(name, "must have keys of at most 40 bytes");
    if (!one.is_string() || one.get_ref<const std::string&>().size() > 500)
      fail(std::string(name) + "." + key, "must be a text of at most 500 bytes");
  }
  return *value;
}

std::optional<Error> Fields::error() {
  for (const auto& [key, value] : json_.get_ref<const Json::object_t&>()) {
    if (error_) break;
    if (std::find(asked_.begin(), asked_.end(), &key) == asked_.end())
      fail(key, "is not a parameter of this request", "parameter_unknown");
  }
  return error_;
}

void Fields::take(Fields& inner) {
  if (auto wrong = inner.error(); wrong && !error_) error_ = std::move(wrong);
}

}  // namespace florin
