// What a payment provider promises the kernel, and all that it may know of the kernel.
//
// A provider operation is a coroutine whose only door to the world is `Http`: pure functions turn the
// request into HttpRequests and the answers into a typed outcome. It opens no socket, starts no thread,
// reads no clock (`now` comes with every request) and keeps nothing but its Settings and a TokenCache.
//
// The one promise that everything rests on (laws 2 and 3): an `Error` says that no money moved and none
// will, so that the kernel may try another provider. A plugin that cannot promise that answers InDoubt.
// Silence, a 5xx, an unreadable answer and an unknown status are InDoubt.
//
// A kInvalid error from authorize() that names a `param` of our API ("payment_method", "amount") says that
// the payment's caller is at fault: when no other account takes it either, it is answered 400 and not 502.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <florin/decline.hpp>
#include <florin/http.hpp>
#include <florin/json.hpp>
#include <florin/money.hpp>
#include <florin/result.hpp>
#include <florin/secret.hpp>
#include <florin/settings.hpp>
#include <florin/task.hpp>
#include <florin/time.hpp>

namespace florin {

// ---- What is asked ------------------------------------------------------------------------------

struct Card {
  Secret number;      // Digits only, Luhn-checked.
  int exp_month = 0;  // 1 to 12
  int exp_year = 0;   // four digits
  Secret cvc;         // May be empty.
  std::string holder;
};
// A token that the provider itself issued to the payer's browser; useless elsewhere.
struct ProviderToken {
  Secret token;
};
struct NetworkToken {
  Secret number;
  int exp_month = 0;
  int exp_year = 0;
  Secret cryptogram;  // base64
  std::string eci;
};
// `type` is the method's name in the API and in capabilities: "card", "paypal", "cash", ... Methods that
// the payer completes elsewhere (wallets, redirects) carry no instrument.
struct PaymentMethod {
  std::string type;
  std::variant<std::monostate, Card, ProviderToken, NetworkToken> instrument;
};

struct Address {
  std::string line1, line2, city, state, postal_code;
  std::string country;  // ISO 3166-1 alpha-2, upper case.
};
struct Party {
  std::string name, email, phone;
  Address address;
};
struct LineItem {
  std::string name, sku;
  std::int64_t quantity = 1;
  Money unit_amount, tax, discount;  // tax and discount are for the whole line.
};

struct AuthorizeRequest {
  std::string attempt_id;  // Our key: the provider's idempotency key is derived from it alone.
  std::string payment_id;
  Money amount;
  bool capture = true;  // False: authorize only, a capture follows.
  PaymentMethod method;
  std::string description;
  std::string customer_id;  // Ours; may be empty.
  Party customer, billing, shipping;
  std::vector<LineItem> line_items;
  std::string return_url;               // Where a redirect brings the payer back; may be empty.
  std::string client_ip;                // The payer's; may be empty.
  bool require_authentication = false;  // The risk policy wants 3-D Secure, where the provider can.
  Instant now;
};

// Asks a payment that RequiresAction to go on, after the payer came back or a webhook said so.
struct ResumeRequest {
  std::string attempt_id;
  std::string payment_id;
  std::string reference;  // The provider's, as RequiresAction gave it.
  Money amount;
  bool capture = true;
  Instant now;
};

struct CaptureRequest {
  std::string attempt_id;  // Of this capture, not of the authorization: its own idempotency key.
  std::string payment_id;
  std::string reference;  // Of the approved authorization.
  Money amount;           // At most what is left.
  Money captured_before;
  bool final = true;  // False: more captures follow (only where multiple_captures).
  Instant now;
};

struct VoidRequest {
  std::string attempt_id;
  std::string payment_id;
  std::string reference;  // Of an authorization, or of a payment that waits for its payer.
  Money amount;
  Instant now;
};

struct RefundRequest {
  std::string attempt_id;
  std::string payment_id;
  std::string reference;          // Of the authorization.
  std::string capture_reference;  // Of the capture to refund from, as Accepted gave it; may equal reference.
  Money amount;
  std::string reason;  // "", "duplicate", "fraudulent" or "requested_by_customer".
  Instant now;
};

// Asks what became of an operation that is in doubt. Never causes one.
struct LookupRequest {
  enum class Of { kAuthorize, kCapture, kVoid, kRefund };
  Of of = Of::kAuthorize;
  std::string attempt_id;  // Of the operation in doubt.
  std::string payment_id;
  std::string method_type;          // As in AuthorizeRequest.
  std::string reference;            // Of the authorization, when it is known; else "".
  std::string capture_reference;    // Of::kRefund only.
  std::string operation_reference;  // What the operation itself reported, when it did; else "".
  Money amount;
  Money captured_before;  // Of::kCapture only: what was captured before it.
  bool capture = true;    // Of::kAuthorize only.
  Instant started;        // When the operation left us.
  Instant now;
};

// ---- What is answered ---------------------------------------------------------------------------

// The provider holds (or has taken) exactly the amount that was asked.
struct Approved {
  std::string reference;          // The provider's name for the payment; kept with the attempt.
  bool captured = false;          // False: authorized only.
  std::string capture_reference;  // When captured: what a refund must name; may equal reference.
  std::optional<Money> fee;       // What the provider keeps, when it says so.
  std::string network_reference;  // The card network's transaction id, when given.
};
// The payer must do something first.
struct RequiresAction {
  enum class Kind { kRedirect, kThreeDs, kQr, kWallet, kTransfer };
  Kind kind = Kind::kRedirect;
  std::string reference;
  std::string url;             // For kRedirect and kThreeDs.
  Json data = Json::object();  // What else the payer's page needs; public.
};
// A definite no.
struct Declined {
  DeclineReason reason = DeclineReason::kOther;
  std::string provider_code;  // Raw, at most 100 characters.
  std::string message;        // The provider's words for the merchant; no secrets.
};
// It left us and no clear answer came: the kernel asks again with lookup().
struct InDoubt {
  std::string why;
  std::string reference;  // When the provider's name for it is already known; else "".
};
// A lookup's proof that the provider holds nothing under our key and never will.
struct NotFound {};

using Authorization = std::variant<Approved, RequiresAction, Declined, InDoubt>;
using AuthorizeResult = Result<Authorization>;

// A capture, void or refund that the provider took.
struct Accepted {
  std::string reference;     // The provider's name for this capture or refund.
  bool pending = false;      // True: final word comes by webhook (slow refunds).
  std::optional<Money> fee;  // Charged (or, for a refund, given back when negative).
};
using Modification = std::variant<Accepted, Declined, InDoubt>;
using ModifyResult = Result<Modification>;

using AuthorizationLookup = std::variant<Approved, RequiresAction, Declined, InDoubt, NotFound>;
using ModificationLookup = std::variant<Accepted, Declined, InDoubt, NotFound>;

// ---- Webhooks -----------------------------------------------------------------------------------

struct WebhookRequest {
  Headers headers;
  std::string body;  // The raw bytes, as received.
  std::string url;   // Under which the provider called us.
  Instant now;
};
// What a webhook says about one of our payments. It is news, not an order: the kernel moves the payment
// along its table or, when the two do not fit, asks the provider.
struct ProviderEvent {
  enum class Kind {
    kAuthorized,
    kCaptured,
    kDeclined,
    kVoided,
    kRefunded,
    kRefundFailed,
    kActionDone,
    kExpired,
    kIgnored
  };
  Kind kind = Kind::kIgnored;
  std::string id;                   // The provider's, for deduplication; never empty.
  std::string type;                 // The provider's own word, for people.
  std::string reference;            // Of the payment at the provider; may be empty when attempt_id is given.
  std::string attempt_id;           // Ours, when the provider echoes it; else "".
  std::string operation_reference;  // Of the capture or refund.
  std::optional<Money> amount;      // Of this event: compared with ours before anything moves.
  std::optional<Money> fee;
  DeclineReason reason = DeclineReason::kOther;
  std::string provider_code;
};

// ---- The provider -------------------------------------------------------------------------------

// One object an account. Several operations run at once: all members are safe to call concurrently.
// Requests and `http` outlive the Task that is made with them.
class FLORIN_SDK_API Provider {
 public:
  virtual ~Provider() = default;

  virtual Task<AuthorizeResult> authorize(const AuthorizeRequest& request, Http& http) = 0;
  // By default: an Error, kInvalid. Only what the capabilities declare is ever called.
  virtual Task<AuthorizeResult> resume(const ResumeRequest& request, Http& http);
  virtual Task<ModifyResult> capture(const CaptureRequest& request, Http& http);
  virtual Task<ModifyResult> void_payment(const VoidRequest& request, Http& http);
  virtual Task<ModifyResult> refund(const RefundRequest& request, Http& http);
  // What became of an authorize, and of a capture, void or refund. An Error means "could not ask": the
  // operation stays in doubt.
  virtual Task<Result<AuthorizationLookup>> lookup(const LookupRequest& request, Http& http) = 0;
  virtual Task<Result<ModificationLookup>> lookup_modification(const LookupRequest& request, Http& http);
  // Verifies on the raw bytes, then parses. kDenied: forged, stale or no secret configured. `http` is for
  // providers that verify by asking back.
  virtual Task<Result<std::vector<ProviderEvent>>> parse_webhook(const WebhookRequest& request, Http& http);
  // One harmless exchange that shows whether credentials and far side work.
  virtual Task<Result<Done>> health(Instant now, Http& http);
};

}  // namespace florin
