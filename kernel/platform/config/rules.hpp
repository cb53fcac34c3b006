// The rules for texts that both files use, each with the words that a fault says.
#pragma once

#include "kernel/platform/config/schema.hpp"

namespace florin::rules {

TextRule text();           // Anything but nothing.
TextRule optional_text();  // Nothing too.
TextRule one_of(std::vector<std::string> words);
TextRule currency();
TextRule country();
TextRule path();
TextRule secret();
TextRule key_of_32_bytes();  // base64; a secret.
TextRule name();             // Of accounts, notifiers, keys: ^[a-z0-9][a-z0-9-]*$
TextRule plugin_name();
TextRule base_url();                         // http(s)://host[:port], no path
TextRule far_side();                         // http(s)://host[:port][/path], no final "/"
TextRule url();                              // http(s)://host[:port]/...
TextRule event_pattern();                    // "payment.succeeded", "payment.*", "*"
TextRule policy(const std::string& folder);  // "routing/prefer_local_acquirer"
TextRule matching(std::string pattern, std::string expected);

// ISO 3166-1 alpha-2, assigned codes of 2024, and XK.
const std::vector<std::string>& countries();
const std::vector<std::string>& currencies();  // In order of code.

}  // namespace florin::rules
