// How long a payment waits for its payer, and when Florin asks by itself how that stands. The payer's return
// and the provider's webhook bring the news sooner; this is for when both are lost.
#pragma once

#include <florin/time.hpp>

#include "kernel/modules/payments/payment.hpp"

namespace florin {

// When the payer must have acted (next_action.expires_at, whole seconds). An action that is told again
// keeps the end that it had.
Instant action_end(const Payment& payment, Instant issued);

// When it is asked about next: two minutes after the action was issued, then at ever longer intervals and at
// its end; after that more and more seldom, until the far side can say how it ended.
Instant next_ask(Instant issued, Instant end, Instant now);

}  // namespace florin
