// Reads a request's JSON object field by field and remembers the first thing that is wrong, with the
// field's full name: routes say what they want and look at error() once.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <florin/json.hpp>
#include <florin/result.hpp>

namespace florin {

class Fields {
 public:
  // `json` outlives this. `path` is the object's own name, "" for the body.
  explicit Fields(const Json& json, std::string path = "");

  // An absent or null field is "" / nothing / an empty object, unless it is required.
  std::string text(std::string_view name, std::size_t length_max = 500);
  std::string required_text(std::string_view name, std::size_t length_max = 500);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<bool> boolean(std::string_view name);
  // One of `allowed`; absent: the first of them.
  std::string one_of(std::string_view name, std::initializer_list<std::string_view> allowed);
  const Json* object(std::string_view name);
  const Json* array(std::string_view name, std::size_t count_max);
  // Up to 50 keys of 40 characters with texts of 500 (API-CONVENTIONS; Stripe's limits).
  Json metadata(std::string_view name);
  bool has(std::string_view name) const;
  bool is_text(std::string_view name) const;  // For fields that are an object or, for short, its id.
  std::string name_of(std::string_view name) const;  // "payment_method.card.number"

  void fail(std::string_view name, std::string message, std::string code = "invalid_parameter");
  // Fields that nobody asked for are wrong too: a misspelt one must not be ignored. Call when all is read.
  std::optional<Error> error();
  void take(Fields& inner);  // The inner object's error becomes ours.

 private:
  const Json* get(std::string_view name);
  const Json& json_;
  std::string path_;
  std::vector<const std::string*> asked_;  // Names, in json_, of the members that were asked for and are there.
  std::optional<Error> error_;
};

}  // namespace florin
