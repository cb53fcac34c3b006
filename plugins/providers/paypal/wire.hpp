// PayPal's Orders v2 and Payments v2 over the wire, both ways, as pure functions. From PayPal's OpenAPI
// descriptions checkout_orders_v2, payments_payment_v2 and notifications_webhooks_v1, and its "Error
// messages" and "Card decline errors" pages.
//
// An order moves no money: only "capture" (or "authorize") of it does, and only we call that. So everything
// before that call may fail as an Error. What we keep as `reference` is the order's id; the authorization
// behind it is read from the order whenever it is needed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <florin/provider.hpp>

namespace florin::paypal {

struct Config {
  std::string client_id;
  Secret client_secret;
  std::string webhook_id;  // Empty: no webhook is believed.
  std::string brand_name;  // May be empty.
};

// ---- Reading any answer --------------------------------------------------------------------------

// A definite no that is about the request and not about the payer: nothing was done.
struct Refused {
  Error error;
  std::string issue;  // PayPal's, e.g. "ORDER_NOT_APPROVED"; may be empty.
};
// Silence, 5xx, 409, an unreadable answer, or a no that says something was done before.
struct Unclear {
  std::string why;
};
using Reading = std::variant<Json, Declined, Refused, Unclear>;
Reading read(const Result<HttpResponse>& answer);

DeclineReason reason_of_issue(std::string_view issue);  // Of a 422; kOther when it is none of the payer's.
DeclineReason reason_of_response(std::string_view response_code);  // Of the card's processor.

// ---- The token -----------------------------------------------------------------------------------

HttpRequest token_request(const Config& config);
struct Token {
  Secret text;
  Instant expires;
};
// Every Error means that nothing was asked for in the payer's name.
Result<Token> read_token(const Result<HttpResponse>& answer, Instant now);
HttpRequest with_token(HttpRequest request, const Secret& token);

// ---- Orders --------------------------------------------------------------------------------------

// What a card's order says: nothing but what a LookupRequest knows too, so that the look-up after a crash can
// repeat it byte for byte under its PayPal-Request-Id.
struct CardOrder {
  std::string attempt_id, payment_id;
  Money amount;
  bool capture = true;
};
Result<HttpRequest> create_card_order(const CardOrder& order);
Result<HttpRequest> create_wallet_order(const AuthorizeRequest& request, const Config& config);
HttpRequest show_order(const std::string& order);
// Captures or authorizes the order; with a card, or with what the payer approved.
HttpRequest complete_order(const std::string& order, bool capture, const std::string& key, const Json& body);
Json card_source(const Card& card, const AuthorizeRequest& request);

// What an order says has become of `amount`; nothing when no payment was ever tried on it.
std::optional<Authorization> outcome_of(const Json& order, Money amount);
std::string status_of(const Json& order);
std::string authorization_of(const Json& order);  // "" when it has none.
RequiresAction payer_action(const Json& order);

// ---- Capture, void, refund -----------------------------------------------------------------------

Result<HttpRequest> capture_authorization(const std::string& authorization, const CaptureRequest& request);
HttpRequest void_authorization(const std::string& authorization, const std::string& key);
Result<HttpRequest> refund_capture(const RefundRequest& request);
ModifyResult captured(const Reading& reading, Money amount);
ModifyResult voided(const Reading& reading, const std::string& order);
ModifyResult refunded(const Reading& reading, Money amount);
Modification capture_outcome(const Json& capture, Money amount);
Modification refund_outcome(const Json& refund, Money amount);
// The order's capture with our attempt id as its invoice_id, or its refund with it as custom_id; or null.
const Json* find_capture(const Json& order, const std::string& attempt_id);
const Json* find_refund(const Json& order, const std::string& attempt_id);

// ---- Webhooks ------------------------------------------------------------------------------------

// The question whether PayPal signed this. Errors: kDenied when it cannot be genuine whatever PayPal says.
Result<HttpRequest> verify_webhook(const WebhookRequest& request, const Config& config);
Result<Done> read_verification(const Reading& reading);
Result<ProviderEvent> read_event(std::string_view body);

}  // namespace florin::paypal
