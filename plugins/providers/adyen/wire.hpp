// Adyen's Checkout API v71 over the wire, both ways, as pure functions. From Adyen's OpenAPI description of
// it, its Webhooks description v1, and its pages "API idempotency", "Result codes", "Refusal reasons" and
// "Verify HMAC signatures".
//
// What the API lacks shapes all of this: nothing can be read back. The only way to ask what became of a
// request is to send one under its idempotency key, which Adyen answers with what it said the first time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <florin/provider.hpp>

namespace florin::adyen {

struct Config {
  Secret api_key;
  std::string merchant_account;
  Secret hmac_key;  // Hex, as the Customer Area shows it; empty: no webhook is believed.
};

// ---- Reading any answer --------------------------------------------------------------------------

// A definite no that is about the request: nothing was done.
struct Refused {
  Error error;
  std::string code;  // Adyen's errorCode; empty when it said none.
  std::string key;   // The idempotency key under which Adyen says that it processed the request; or "".
};
// Silence, 5xx, a key still being worked on, an unreadable or unknown answer: it may have been done.
struct Unclear {
  std::string why;
};
using Reading = std::variant<Json, Refused, Unclear>;
Reading read(const Result<HttpResponse>& answer);

// ---- Paying --------------------------------------------------------------------------------------

Result<HttpRequest> pay(const AuthorizeRequest& request, const Config& config);
// What POST /payments said has become of `amount` under the reference `attempt_id`.
AuthorizeResult paid(const Reading& reading, const std::string& attempt_id, Money amount);

// The question what became of a payment: a payment under the same key, by stored details that do not exist.
// Where the key has been used, Adyen repeats its first answer; where it has not, nothing can be charged, and
// the key is used up by the refusal.
Result<HttpRequest> ask_again(const LookupRequest& request, const Config& config);
Result<AuthorizationLookup> asked_again(const Reading& reading, const LookupRequest& request);

enum class Meaning {
  kApproved,
  kDeclined,   // Refused or cancelled: a definite no, whatever its code.
  kFailed,     // An error on the way: a definite no when its code is a documented one.
  kChallenge,  // The payer must authenticate first; nothing is authorised before that.
  kOpen,       // Not final, not for cards, or less than was asked.
};
struct ResultCode {
  std::string_view code;
  Meaning meaning;
};
const std::vector<ResultCode>& result_codes();

struct DeclineCode {
  std::string_view code;
  DeclineReason reason;
};
const std::vector<DeclineCode>& refusal_codes();  // refusalReasonCode of an answer.
const std::vector<DeclineCode>& card_errors();    // errorCode of a 422 that is about the card.
std::optional<DeclineReason> reason_of(const std::vector<DeclineCode>& codes, std::string_view code);

// ---- Refunding -----------------------------------------------------------------------------------

// A refund's request, from RefundRequest or, later, LookupRequest: the same bytes under the same key.
struct RefundOrder {
  std::string attempt_id;
  std::string payment;  // Adyen's pspReference of the payment.
  Money amount;
};
Result<HttpRequest> give_back(const RefundOrder& order, const Config& config);
ModifyResult given_back(const Reading& reading, const RefundOrder& order);

HttpRequest list_methods(const Config& config);

// ---- Webhooks ------------------------------------------------------------------------------------

// Verified item by item on the eight signed fields; of the other fields nothing is taken over.
// Errors: kDenied for anything that is not wholly Adyen's word about this merchant account.
Result<std::vector<ProviderEvent>> read_notification(std::string_view body, const Config& config);

}  // namespace florin::adyen
