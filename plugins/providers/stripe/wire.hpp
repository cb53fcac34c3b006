// Stripe's PaymentIntents over the wire, both ways, as pure functions. From Stripe's OpenAPI description of
// API version 2023-08-16, which every request names, and its "Error codes" and "Decline codes" pages.
//
// A card payment is three exchanges: (1) the card becomes a PaymentMethod, (2) an unconfirmed PaymentIntent
// is made, (3) it is confirmed with the method. Only (3) moves money. (2) carries nothing but what a
// LookupRequest knows too, so that the look-up after a crash can repeat it byte for byte under its key.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <florin/provider.hpp>

namespace florin::stripe {

struct Config {
  Secret secret_key;      // sk_... or rk_...
  Secret webhook_secret;  // whsec_...; empty: no webhook is believed.
};

// ---- Reading any answer --------------------------------------------------------------------------

// A definite no that is about the request and not about the card: nothing was done.
struct Refused {
  Error error;
  std::string code;   // Stripe's, e.g. "payment_intent_unexpected_state"; may be empty.
  std::string param;  // Stripe's name of the parameter at fault; may be empty.
  Json intent;        // The PaymentIntent as the refusal shows it; null when it shows none.
};
// Silence, 5xx, 409, an unreadable or unknown answer: it may have been done.
struct Unclear {
  std::string why;
};
using Reading = std::variant<Json, Declined, Refused, Unclear>;
Reading read(const Result<HttpResponse>& answer);

Declined declined(const Json& error);  // From an `error` or a `last_payment_error`.
DeclineReason reason_of(std::string_view code);
struct DeclineCode {
  std::string_view code;
  DeclineReason reason;
};
const std::vector<DeclineCode>& decline_codes();

// ---- Authorizing ---------------------------------------------------------------------------------

// What exchange (2) says, from an AuthorizeRequest or, later, a LookupRequest.
struct IntentOrder {
  std::string attempt_id, payment_id;
  Money amount;
  bool capture = true;
};

// "pm_..." when the payer's browser already made the PaymentMethod; then (1) is left out.
std::string ready_payment_method(const PaymentMethod& method);
Result<HttpRequest> create_payment_method(const AuthorizeRequest& request, const Config& config);
Result<HttpRequest> create_intent(const IntentOrder& order, const Config& config);
HttpRequest confirm_intent(const AuthorizeRequest& request, const std::string& intent,
                           const std::string& method, const Config& config);
HttpRequest retrieve_intent(const std::string& intent, const Config& config);
// Finds an intent by our attempt id when its idempotency key is too old. Stripe's index lags behind by
// about a minute, so that finding nothing proves nothing.
HttpRequest search_intent(const std::string& attempt_id, const Config& config);
HttpRequest cancel_intent(const std::string& intent, const std::string& key, const Config& config);

// What a PaymentIntent says has become of `amount`; nothing when no charge was ever tried on it.
std::optional<Authorization> outcome_of(const Json& intent, Money amount);
std::string reference_of(const Json& intent);
// The latest charge's id and fee, when it is there.
std::string charge_of(const Json& intent);
std::optional<Money> fee_of(const Json& intent);

// ---- Capture and refund --------------------------------------------------------------------------

Result<HttpRequest> capture_intent(const CaptureRequest& request, const Config& config);
ModifyResult captured(const Reading& reading, Money amount);
ModifyResult voided(const Reading& reading);
Result<HttpRequest> create_refund(const RefundRequest& request, const Config& config);
HttpRequest list_refunds(const std::string& intent, const std::string& after, const Config& config);
ModifyResult refunded(const Reading& reading, Money amount);
Modification refund_outcome(const Json& refund, Money amount);
// The refund with our attempt id in one page of list_refunds(), or null.
const Json* find_refund(const Json& page, const std::string& attempt_id);

HttpRequest retrieve_balance(const Config& config);

// ---- Webhooks ------------------------------------------------------------------------------------

inline constexpr std::chrono::seconds kWebhookTolerance{300};  // As Stripe's own libraries.

Result<Done> verify_signature(const WebhookRequest& request, const Secret& secret);
Result<ProviderEvent> read_event(std::string_view body);

}  // namespace florin::stripe
