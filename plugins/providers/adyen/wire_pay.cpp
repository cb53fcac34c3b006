// POST /payments: asking, reading its result codes, and asking again under the same key. From "Make a
// payment" of Checkout API v71, "Result codes", and "Raw card data" and "Network tokens" of Adyen's pages.
#include "wire_request.hpp"

namespace florin::adyen {
namespace {

// The contract wants a return_url. No payer is ever sent away (see the README), so this one is never used.
constexpr std::string_view kNowhere = "https://no-redirect.invalid/";

std::string two_digits(int month) { return (month < 10 ? "0" : "") + std::to_string(month); }

void put(Json& object, const char* name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}

// Adyen takes an address whole or not at all. Ours has no house number of its own; "N/A" is Adyen's word for
// one that stands in the street's line.
void put_address(Json& body, const char* name, const Address& address) {
  const bool whole = !address.line1.empty() && !address.city.empty() && !address.postal_code.empty() &&
                     !address.country.empty();
  if (!whole) return;
  Json json = {{"street", address.line1},
               {"houseNumberOrName", address.line2.empty() ? "N/A" : address.line2},
               {"city", address.city},
               {"postalCode", address.postal_code},
               {"country", address.country}};
  put(json, "stateOrProvince", address.state);
  body[name] = std::move(json);
}

void put_card(Json& body, const Card& card) {
  Json json = {{"type", "scheme"},
               {"number", card.number.expose()},
               {"expiryMonth", two_digits(card.exp_month)},
               {"expiryYear", std::to_string(card.exp_year)}};
  put(json, "cvc", card.cvc.expose());
  put(json, "holderName", card.holder);
  body["paymentMethod"] = std::move(json);
}

void put_network_token(Json& body, const NetworkToken& token) {
  body["paymentMethod"] = {{"type", "networkToken"},
                           {"number", token.number.expose()},
                           {"expiryMonth", two_digits(token.exp_month)},
                           {"expiryYear", std::to_string(token.exp_year)}};
  Json authentication = Json::object();
  put(authentication, "tokenAuthenticationVerificationValue", token.cryptogram.expose());
  put(authentication, "eci", token.eci);
  if (!authentication.empty()) body["mpiData"] = std::move(authentication);
}

Json payment(const std::string& attempt_id, std::int64_t value, Money amount, const Config& config) {
  return {{"merchantAccount", config.merchant_account},
          {"reference", attempt_id},
          {"amount", amount_json(value, amount)},
          // Taken at once, whatever the merchant account's own delay is.
          {"captureDelayHours", 0}};
}

Authorization declined(const Json& answer, DeclineReason otherwise) {
  const std::string code = clipped(text_at(answer, "refusalReasonCode"), 100);
  return Declined{reason_of(refusal_codes(), code).value_or(otherwise), code,
                  clipped(text_at(answer, "refusalReason"), 500)};
}

Meaning meaning_of(const std::string& result) {
  for (const ResultCode& known : result_codes())
    if (known.code == result) return known.meaning;
  return Meaning::kOpen;
}

Authorization outcome_of(const Json& answer, const std::string& attempt_id, Money amount) {
  const std::string reference = text_at(answer, "pspReference");
  const std::string ours = text_at(answer, "merchantReference"), result = text_at(answer, "resultCode");
  if (!ours.empty() && ours != attempt_id) return InDoubt{"Adyen answered about another payment", ""};
  const bool says_amount = find(answer, "amount") != nullptr;
  switch (meaning_of(result)) {
    case Meaning::kApproved:
      if (reference.empty()) return InDoubt{"Adyen authorised it and gave it no name", ""};
      if (says_amount && amount_in(answer, "amount") != amount)
        return InDoubt{"Adyen authorised another amount than was asked", reference};
      return Approved{reference, true, reference, std::nullopt,
                      clipped(text_at(answer, "additionalData.networkTxReference"), 100)};
    case Meaning::kDeclined:
      return declined(answer, result == "Cancelled" ? DeclineReason::kPayerCanceled : DeclineReason::kOther);
    case Meaning::kFailed:
      if (reason_of(refusal_codes(), text_at(answer, "refusalReasonCode")))
        return declined(answer, DeclineReason::kProviderError);
      return InDoubt{"Adyen reports an error that it does not document", reference};
    case Meaning::kChallenge:
      return Declined{DeclineReason::kAuthenticationRequired, result, "the payer would have to authenticate"};
    case Meaning::kOpen:
      break;
  }
  return InDoubt{"Adyen's result is not one to judge by: " + clipped(result, 40), reference};
}

}  // namespace

const std::vector<ResultCode>& result_codes() {
  static const std::vector<ResultCode> codes = {
      {"Authorised", Meaning::kApproved},
      {"Refused", Meaning::kDeclined},
      {"Cancelled", Meaning::kDeclined},
      {"Error", Meaning::kFailed},
      {"RedirectShopper", Meaning::kChallenge},
      {"IdentifyShopper", Meaning::kChallenge},
      {"ChallengeShopper", Meaning::kChallenge},
      {"AuthenticationFinished", Meaning::kOpen},
      {"AuthenticationNotRequired", Meaning::kOpen},
      {"PartiallyAuthorised", Meaning::kOpen},
      {"Pending", Meaning::kOpen},
      {"PresentToShopper", Meaning::kOpen},
      {"Received", Meaning::kOpen},
      {"Success", Meaning::kOpen},
  };
  return codes;
}

Result<HttpRequest> pay(const AuthorizeRequest& request, const Config& config) {
  if (request.require_authentication)
    return Error{Error::Kind::kInvalid, "Florin cannot have the payer authenticate at Adyen yet",
                 "authentication_unsupported", ""};
  if (!request.capture)
    return Error{Error::Kind::kInvalid, "Florin takes payments at Adyen at once only",
                 "manual_capture_unsupported", ""};
  FLORIN_TRY(value, to_adyen_value(request.amount));
  Json body = payment(request.attempt_id, value, request.amount, config);
  if (const auto* card = std::get_if<Card>(&request.method.instrument))
    put_card(body, *card);
  else if (const auto* token = std::get_if<NetworkToken>(&request.method.instrument))
    put_network_token(body, *token);
  else
    return Error{Error::Kind::kInvalid, "Adyen takes card numbers and network tokens here only",
                 "method_not_supported", "payment_method"};
  body["returnUrl"] = request.return_url.empty() ? std::string(kNowhere) : request.return_url;
  body["shopperInteraction"] = "Ecommerce";
  body["authenticationData"] = {{"attemptAuthentication", "never"}};
  body["metadata"] = {{"payment_id", request.payment_id}};
  put(body, "shopperEmail", request.customer.email);
  put(body, "shopperIP", request.client_ip);
  put_address(body, "billingAddress", request.billing.address);
  put_address(body, "deliveryAddress", request.shipping.address);
  return post("/payments", request.attempt_id, body, config);
}

AuthorizeResult paid(const Reading& reading, const std::string& attempt_id, Money amount) {
  if (const auto* unclear = std::get_if<Unclear>(&reading)) return Authorization(InDoubt{unclear->why, ""});
  if (const auto* refusal = std::get_if<Refused>(&reading)) {
    const auto about_card = reason_of(card_errors(), refusal->code);
    if (about_card) return Authorization(Declined{*about_card, refusal->code, refusal->error.message});
    return refusal->error;
  }
  return outcome_of(std::get<Json>(reading), attempt_id, amount);
}

Result<HttpRequest> ask_again(const LookupRequest& request, const Config& config) {
  FLORIN_TRY(value, to_adyen_value(request.amount));
  Json body = payment(request.attempt_id, value, request.amount, config);
  body["paymentMethod"] = {{"type", "scheme"}, {"storedPaymentMethodId", "nothing-is-stored"}};
  body["shopperReference"] = request.attempt_id;
  body["shopperInteraction"] = "ContAuth";
  body["recurringProcessingModel"] = "CardOnFile";
  body["returnUrl"] = kNowhere;
  return post("/payments", request.attempt_id, body, config);
}

Result<AuthorizationLookup> asked_again(const Reading& reading, const LookupRequest& request) {
  if (const auto* unclear = std::get_if<Unclear>(&reading))
    return AuthorizationLookup(InDoubt{unclear->why, ""});
  if (const auto* refusal = std::get_if<Refused>(&reading)) {
    // Only a refusal that Adyen says to have come to under our key shows how that key was used. "800 Contract
    // not found" and "803 PaymentDetail not found" are what the question itself is refused with.
    const bool under_our_key = refusal->key == request.attempt_id;
    if (!under_our_key) return refusal->error;
    if (refusal->code == "800" || refusal->code == "803") return AuthorizationLookup(NotFound{});
    const auto about_card = reason_of(card_errors(), refusal->code);
    if (about_card) return AuthorizationLookup(Declined{*about_card, refusal->code, refusal->error.message});
    return AuthorizationLookup(InDoubt{refusal->error.message, ""});
  }
  return std::visit([](const auto& each) -> AuthorizationLookup { return each; },
                    outcome_of(std::get<Json>(reading), request.attempt_id, request.amount));
}

}  // namespace florin::adyen
