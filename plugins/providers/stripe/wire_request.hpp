// How this plugin's wire files make a request; not for provider.cpp.
#pragma once

#include <string>
#include <string_view>

#include <florin/http.hpp>

#include "wire.hpp"

namespace florin::stripe {

inline constexpr std::string_view kApiVersion = "2023-08-16";
inline constexpr std::string_view kWithFee = "latest_charge.balance_transaction";

HttpRequest get(const std::string& path, const Config& config);
HttpRequest post(const std::string& path, const std::string& key, const Form& form, const Config& config);
std::string clipped(std::string text, std::size_t length_max);

}  // namespace florin::stripe
