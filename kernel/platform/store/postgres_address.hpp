// A PostgreSQL url with what Florin adds to it. Internal to the store.
#pragma once

#include <string>

namespace florin::store {

// libpq's keyword form of `url`, with time-outs and keep-alives where the url has none, so that a server
// that vanished is noticed within seconds. Throws EngineFault when libpq cannot read it.
std::string connection_words(const std::string& url);

// The same without the password: for messages.
std::string shown_address(const std::string& url);

}  // namespace florin::store
