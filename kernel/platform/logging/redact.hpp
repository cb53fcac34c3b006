// Takes out of a text what must never be written down (law 7): card numbers, keys, credentials. The last
// net before a log line or an exchange log, not the first: what is known to be secret is a Secret.
#pragma once

#include <string>
#include <string_view>

namespace florin {

// Replaces by "[redacted]", in time linear in the text:
// - card numbers: 13 to 19 digits with a right Luhn digit, also with single blanks, dashes or '+' between,
//   and any such stretch of a longer number;
// - keys: sk_..., pk_..., rk_..., ak_..., whsec_..., and what follows "_secret_" in a client secret;
// - what follows Bearer;
// - the values of fields with a secret name (below), in JSON, in forms and in headers, quoted or not.
// Better one harmless number too many than one card.
std::string redact(std::string_view text);

// Whether a field or header of this name holds a secret: "cvc", "card[cvc]", "X-Api-Key", "client_secret",
// "cardSecurityCode", "Authorization" ...
bool is_secret_name(std::string_view name);

}  // namespace florin
