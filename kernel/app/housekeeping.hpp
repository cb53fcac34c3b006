// What is kept for a time and then goes: idempotency keys after 30 days, tokens a day after they expired.
#pragma once

#include "kernel/modules/cards/tokens.hpp"
#include "kernel/platform/jobs/jobs.hpp"

namespace florin {

JobKind housekeeping(Store& store, Clock& clock, CardTokens& tokens);
Task<Result<Done>> start_housekeeping(Store& store, Jobs& jobs, Clock& clock);

}  // namespace florin
