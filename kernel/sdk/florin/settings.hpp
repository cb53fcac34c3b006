// A plugin's settings for one account, as the merchant's YAML gave them: checked against the plugin's
// schema.json, defaults filled in, `${ENV}` and `file:` resolved. What the schema marks with
// "format": "secret" is a Secret here and stands nowhere else.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <florin/export.hpp>
#include <florin/json.hpp>
#include <florin/secret.hpp>

namespace florin {

class FLORIN_SDK_API Settings {
 public:
  Settings() : plain_(Json::object()) {}
  Settings(Json plain, std::map<std::string, Secret> secrets)
      : plain_(std::move(plain)), secrets_(std::move(secrets)) {}

  // The schema has been enforced: an absent optional setting is "", 0, false or an empty Secret.
  std::string text(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  bool flag(std::string_view name) const;
  Secret secret(std::string_view name) const;
  // Everything that is not a secret, for lists and objects.
  const Json& plain() const { return plain_; }

 private:
  Json plain_;
  std::map<std::string, Secret> secrets_;
};

}  // namespace florin
