// florin policy explain: why a payment went where it went, from what was stored when it did.
#pragma once

#include <string>

#include "kernel/app/cli/cli.hpp"

namespace florin {

// Prints what every fraud rule, the risk policy and the routing policy said at each try, which accounts were
// kept or dropped and why, and what came of each attempt; with --json the same as one object.
void explain_payment(CliContext& context, const std::string& id);

}  // namespace florin
