// Authorizations that nobody captures are given back in time, and payers who do not come back are asked
// for, by a durable job each.
#pragma once

#include "kernel/modules/payments/settlement.hpp"
#include "kernel/platform/jobs/jobs.hpp"

namespace florin {

// In the unit that settled it, whoever brought the news: nothing to do unless it holds money or waits for its
// payer from now on.
void enqueue_expiry(Session& session, Jobs& jobs, const Settled& settled);

}  // namespace florin
