// Holds every payment against its events, its ledger lines and its own invariants: `florin ledger verify`,
// and what crash tests ask after each round.
#pragma once

#include <string>
#include <vector>

#include "kernel/platform/store/store.hpp"

namespace florin {

// Sentences for operators; empty when all is right. Looks at everything: minutes for millions of payments.
std::vector<std::string> verify_payments(Session& session);

}  // namespace florin
