// Payments as API, events and policies show them.
#pragma once

#include <string>
#include <string_view>

#include <florin/json.hpp>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/cards/card.hpp"
#include "kernel/modules/payments/payment.hpp"
#include "kernel/platform/lua/policy.hpp"

namespace florin {

// The API's payment object, as text. `client_secret` is left out of events and lists, where it stays "".
std::string payment_text(const Payment& payment, std::string_view client_secret = "");
// What payment_text() wrote for an event, as its caller is answered: marked for its client secret, with the status
// of an operation that went well.
ApiAnswer told_as(std::string object, const std::string& payment_id, const std::string& route);
// The same as a tree, for those who add to it.
Json render_payment(const Payment& payment, std::string_view client_secret = "");
// A payment that was refused: `error`'s members and the payment as it stands, marked for its client secret.
ApiAnswer refusal(int status, const Json& error, const Payment& payment);
Json render_attempt(const Attempt& attempt);
// What risk said, for the routing policy.
struct RiskSaid {
  std::string_view decision;
  std::int64_t score;
};
// As policies are given it (scripts/README.md), from what is stored: a replay sees what the first run saw.
// `attempt` counts from 1. `risk` may be null: not asked yet. `face` is that of the payment's card, when it is at
// hand; null: it is read from the payment.
void write_policy_payment(PolicyWriter& writer, const Payment& payment, int attempt, Instant now, const RiskSaid* risk,
                          const CardFace* face = nullptr);

// Stored answers hold this instead of the secret; it is put in when the answer leaves, at the first place
// where it stands: what merchants and providers wrote comes after it.
inline constexpr std::string_view kClientSecretMark = "@client_secret@";

}  // namespace florin
