// JSON as plugins and kernel read it: nlohmann's, behind a parser that refuses what two readers could
// understand in two ways.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <florin/export.hpp>
#include <florin/result.hpp>

namespace florin {

using Json = nlohmann::json;

// Refuses duplicate keys, invalid UTF-8, depth over 64 and anything after the document. Errors: kInvalid,
// "invalid_json", with the byte offset in the message and never a piece of the text.
FLORIN_SDK_API Result<Json> parse_json(std::string_view text);

// Compact text with keys in order: the same value is always the same bytes.
FLORIN_SDK_API std::string to_text(const Json& json);

// Total readers for bytes from outside: an absent member or another type is nothing, never an exception.
// `path` has dots: "charge.outcome.type"; a number between dots indexes an array.
FLORIN_SDK_API const Json* find(const Json& json, std::string_view path);
FLORIN_SDK_API std::string text_at(const Json& json, std::string_view path);  // "" when absent
FLORIN_SDK_API std::optional<std::int64_t> integer_at(const Json& json, std::string_view path);

}  // namespace florin
