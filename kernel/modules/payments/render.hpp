// Payments as API, events and policies show them.
#pragma once

#include <string>

#include <florin/json.hpp>

#include "kernel/modules/payments/payment.hpp"

namespace florin {

// The API's payment object. `client_secret` is left out of events and lists, where it stays "".
Json render_payment(const Payment& payment, const std::string& client_secret = "");
Json render_attempt(const Attempt& attempt);
// As policies are given it (scripts/README.md), from what is stored: a replay sees what the first run saw.
// `attempt` counts from 1.
Json policy_payment(const Payment& payment, int attempt, Instant now);

// Stored answers hold this instead of the secret; it is put in when the answer leaves.
inline constexpr std::string_view kClientSecretMark = "@client_secret@";

}  // namespace florin
