// A merchant as policies see it (scripts/README.md).
#pragma once

#include "kernel/modules/merchants/directory.hpp"
#include "kernel/platform/lua/policy.hpp"

namespace florin {

// Writes id, country, currency and values as members of the map that is open; who asks adds what else it
// gives (routing: accounts) and closes the map.
void write_policy_merchant(PolicyWriter& writer, const Merchant& merchant);

}  // namespace florin
