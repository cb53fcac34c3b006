// How this plugin's wire files make a request and read amounts; not for provider.cpp.
#pragma once

#include <string>

#include <florin/http.hpp>

#include "currencies.hpp"
#include "wire.hpp"

namespace florin::adyen {

// `key` is the idempotency key; "" for a question that needs none.
HttpRequest post(const std::string& path, const std::string& key, const Json& body, const Config& config);
std::string clipped(std::string text, std::size_t length_max);
Json amount_json(std::int64_t value, Money amount);
// Of {"currency": ..., "value": ...}; nothing when it is none, or none that Florin can count.
std::optional<Money> amount_in(const Json& object, std::string_view name);

}  // namespace florin::adyen
