// How this plugin's wire files make a request; not for provider.cpp.
#pragma once

#include <string>

#include "wire.hpp"

namespace florin::paypal {

HttpRequest get(const std::string& path);
// `key` becomes the PayPal-Request-Id: the same request under it is answered from memory for six hours.
HttpRequest post(const std::string& path, const std::string& key, const Json& body);
std::string clipped(std::string text, std::size_t length_max);

}  // namespace florin::paypal
