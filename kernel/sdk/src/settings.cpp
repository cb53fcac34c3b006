// Settings after the schema has been enforced: what is absent is empty, zero or false.
#include <florin/settings.hpp>

namespace florin {
namespace {
const Json* member(const Json& plain, std::string_view name) {
  // Not find(): a setting's name is one key, also when it has a dot in it.
  const auto found = plain.find(std::string(name));
  return found == plain.end() ? nullptr : &*found;
}
}  // namespace

std::string Settings::text(std::string_view name) const {
  const Json* value = member(plain_, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::int64_t Settings::integer(std::string_view name) const {
  const Json* value = member(plain_, name);
  if (value == nullptr) return 0;
  return integer_at(*value, "").value_or(0);
}

bool Settings::flag(std::string_view name) const {
  const Json* value = member(plain_, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

Secret Settings::secret(std::string_view name) const {
  const auto found = secrets_.find(std::string(name));
  return found == secrets_.end() ? Secret() : found->second;
}

}  // namespace florin
