// Square's Payments and Refunds APIs over the wire, both ways, as pure functions. From Square's OpenAPI
// description, release 2025-08-20, which every request names.
//
// A sale is one exchange: CreatePayment charges the payer's token at once. Its `reference_id` is our attempt,
// by which a look-up finds it in the list of payments; a refund carries its attempt at the end of `reason`,
// the only text that Square keeps with one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <florin/provider.hpp>

namespace florin::square {

struct Config {
  Secret access_token;
  std::string location_id;
  std::string currency;          // The location's, ISO 4217.
  Secret webhook_signature_key;  // Empty: no webhook is believed.
};

// ---- Reading any answer --------------------------------------------------------------------------

// A definite no that is about the request and not about the card: nothing was done.
struct Refused {
  Error error;
  std::string code;  // Square's, e.g. "DELAYED_TRANSACTION_CAPTURED"; "" when it never answered itself.
};
// Silence, 5xx, a clash of keys, an unreadable or unknown answer: it may have been done.
struct Unclear {
  std::string why;
};
using Reading = std::variant<Json, Declined, Refused, Unclear>;
Reading read(const Result<HttpResponse>& answer);

struct DeclineCode {
  std::string_view code;
  DeclineReason reason;
};
const std::vector<DeclineCode>& decline_codes();
DeclineReason reason_of(std::string_view code);
// A refusal that may speak of a request before this one, which then did its work: never taken for a no.
bool may_have_acted(std::string_view code);
// An `Error` of Square's, inside a refusal or a failed payment.
Declined declined(const Json& error);

// ---- Payments ------------------------------------------------------------------------------------

// Errors: kInvalid with "currency_not_supported", "amount_invalid" or "method_not_supported".
Result<HttpRequest> create_payment(const AuthorizeRequest& request, const Config& config);
HttpRequest retrieve_payment(const std::string& payment, const Config& config);
// One page of the payments of this amount around the time at which the operation left us.
HttpRequest list_payments(const LookupRequest& request, const std::string& cursor, const Config& config);
// Voids what CreatePayment may have made under this key; nothing, when it made nothing.
HttpRequest cancel_by_key(const std::string& attempt_id, const Config& config);

// The Payment in an answer or a page, or null.
const Json* payment_in(const Json& answer);
const Json* find_payment(const Json& page, const std::string& attempt_id);
// What a Payment says has become of `amount`.
Authorization outcome_of(const Json& payment, Money amount);
// What is held or was taken, tips included; nothing when it cannot be read.
std::optional<Money> total_of(const Json& payment);
// The sum of Square's fees, when there are any yet and all are in the payment's currency.
std::optional<Money> fee_of(const Json& object);

// ---- Capture, void and refund --------------------------------------------------------------------

HttpRequest lower_amount(const CaptureRequest& request, const Config& config);
HttpRequest complete_payment(const std::string& payment, const Config& config);
HttpRequest cancel_payment(const std::string& payment, const Config& config);
// What a Payment says about a capture of `amount`, or about a void; nothing while it is only held.
std::optional<Modification> capture_outcome(const Json& payment, Money amount);
std::optional<Modification> void_outcome(const Json& payment, Money amount);

HttpRequest create_refund(const RefundRequest& request, const Config& config);
HttpRequest retrieve_refund(const std::string& refund, const Config& config);
HttpRequest list_refunds(const LookupRequest& request, const std::string& cursor, const Config& config);
Modification refund_outcome(const Json& refund, Money amount);
const Json* find_refund(const Json& page, const std::string& payment, const std::string& attempt_id);
// Our attempt, as create_refund() put it at the end of the reason; "" for a refund that is not ours.
std::string attempt_in(const std::string& reason);

// ---- The location, and webhooks ------------------------------------------------------------------

HttpRequest retrieve_location(const Config& config);
// Errors: kInvalid when the location is closed, takes no cards or has another currency than the settings say.
Result<Done> usable(const Json& answer, const Config& config);

// Square tries for up to 72 hours to deliver an event; what is older is a replay.
inline constexpr std::chrono::hours kOldestWebhook{73};

Result<Done> verify_signature(const WebhookRequest& request, const Secret& key);
Result<ProviderEvent> read_event(std::string_view body, Instant now, const Config& config);

}  // namespace florin::square
