// The redactor's look at named values: "cvc":"123", card[cvc]=123, X-Api-Key: abc.
#pragma once

#include <string>
#include <string_view>

namespace florin {

// Replaces the values of fields whose name is_secret_name().
std::string redact_fields(std::string_view text, std::string_view replacement);

}  // namespace florin
