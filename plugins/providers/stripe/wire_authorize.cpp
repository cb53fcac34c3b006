// The PaymentIntent: making, confirming, reading and cancelling it. From "Create a PaymentMethod", "Create",
// "Confirm", "Retrieve" and "Cancel a PaymentIntent", API version 2023-08-16.
#include "currencies.hpp"
#include "wire_request.hpp"

namespace florin::stripe {
namespace {

constexpr std::string_view kIntents = "/v1/payment_intents/";

std::string intent_path(const std::string& intent, std::string_view verb) {
  return std::string(kIntents) + url_encode(intent) + std::string(verb);
}

void add_if(Form& form, const std::string& key, const std::string& value) {
  if (!value.empty()) form.add(key, value);
}

void add_address(Form& form, const std::string& prefix, const Address& address) {
  add_if(form, prefix + "[address][line1]", address.line1);
  add_if(form, prefix + "[address][line2]", address.line2);
  add_if(form, prefix + "[address][city]", address.city);
  add_if(form, prefix + "[address][state]", address.state);
  add_if(form, prefix + "[address][postal_code]", address.postal_code);
  add_if(form, prefix + "[address][country]", address.country);
}

void add_billing(Form& form, const AuthorizeRequest& request, const std::string& holder) {
  const Party& who = request.billing;
  add_if(form, "billing_details[name]", who.name.empty() ? holder : who.name);
  add_if(form, "billing_details[email]", who.email.empty() ? request.customer.email : who.email);
  add_if(form, "billing_details[phone]", who.phone.empty() ? request.customer.phone : who.phone);
  add_address(form, "billing_details", who.address);
}

Authorization approved(const Json& intent, bool is_captured) {
  Approved yes;
  yes.reference = reference_of(intent);
  yes.captured = is_captured;
  if (is_captured) yes.capture_reference = charge_of(intent);
  if (is_captured) yes.fee = fee_of(intent);
  yes.network_reference = text_at(intent, "latest_charge.payment_method_details.card.network_transaction_id");
  return yes;
}

Authorization action(const Json& intent) {
  RequiresAction next;
  next.kind = RequiresAction::Kind::kThreeDs;
  next.reference = reference_of(intent);
  next.url = text_at(intent, "next_action.redirect_to_url.url");
  // Without a return_url Stripe leaves the challenge to Stripe.js, which needs the client secret.
  if (next.url.empty())
    next.data = {{"type", text_at(intent, "next_action.type")},
                 {"client_secret", text_at(intent, "client_secret")}};
  return next;
}

}  // namespace

std::string ready_payment_method(const PaymentMethod& method) {
  const auto* token = std::get_if<ProviderToken>(&method.instrument);
  if (token == nullptr || token->token.expose().rfind("pm_", 0) != 0) return "";
  return token->token.expose();
}

Result<HttpRequest> create_payment_method(const AuthorizeRequest& request, const Config& config) {
  Form form;
  form.add("type", "card");
  std::string holder;
  if (const auto* card = std::get_if<Card>(&request.method.instrument)) {
    form.add("card[number]", card->number.expose());
    form.add("card[exp_month]", card->exp_month);
    form.add("card[exp_year]", card->exp_year);
    if (!card->cvc.empty()) form.add("card[cvc]", card->cvc.expose());
    holder = card->holder;
  } else if (const auto* token = std::get_if<ProviderToken>(&request.method.instrument)) {
    form.add("card[token]", token->token.expose());
  } else {
    return Error{Error::Kind::kInvalid, "Stripe takes card numbers and its own tokens (tok_..., pm_...) only",
                 "method_not_supported", "payment_method"};
  }
  add_billing(form, request, holder);
  return post("/v1/payment_methods", request.attempt_id + "-method", form, config);
}

Result<HttpRequest> create_intent(const IntentOrder& order, const Config& config) {
  FLORIN_TRY(count, to_stripe_amount(order.amount));
  std::string currency(order.amount.currency().code());
  for (char& letter : currency) letter = static_cast<char>(letter | 0x20);  // Stripe writes it in lower case.
  Form form;
  form.add("amount", count);
  form.add("currency", currency);
  form.add("capture_method", order.capture ? "automatic" : "manual");
  form.add("payment_method_types[0]", "card");
  form.add("metadata[attempt_id]", order.attempt_id);
  form.add("metadata[payment_id]", order.payment_id);
  return post("/v1/payment_intents", order.attempt_id, form, config);
}

HttpRequest confirm_intent(const AuthorizeRequest& request, const std::string& intent,
                           const std::string& method, const Config& config) {
  Form form;
  form.add("payment_method", method);
  add_if(form, "return_url", request.return_url);
  if (!request.shipping.name.empty() && !request.shipping.address.line1.empty()) {
    form.add("shipping[name]", request.shipping.name);
    add_if(form, "shipping[phone]", request.shipping.phone);
    add_address(form, "shipping", request.shipping.address);
  }
  form.add("expand[0]", kWithFee);
  return post(intent_path(intent, "/confirm"), request.attempt_id + "-confirm", form, config);
}

HttpRequest retrieve_intent(const std::string& intent, const Config& config) {
  return get(intent_path(intent, "") + "?expand%5B0%5D=" + std::string(kWithFee), config);
}

HttpRequest search_intent(const std::string& attempt_id, const Config& config) {
  const std::string query = "metadata['attempt_id']:'" + attempt_id + "'";
  return get("/v1/payment_intents/search?query=" + url_encode(query), config);
}

HttpRequest cancel_intent(const std::string& intent, const std::string& key, const Config& config) {
  return post(intent_path(intent, "/cancel"), key, Form(), config);
}

std::string reference_of(const Json& intent) { return text_at(intent, "id"); }

std::string charge_of(const Json& intent) {
  const std::string id = text_at(intent, "latest_charge");
  return id.empty() ? text_at(intent, "latest_charge.id") : id;
}

std::optional<Money> fee_of(const Json& intent) {
  const Json* transaction = find(intent, "latest_charge.balance_transaction");
  if (transaction == nullptr) return std::nullopt;
  const auto fee = integer_at(*transaction, "fee");
  // A fee in another currency (the account settles elsewhere) has no place beside this payment's amount.
  if (!fee || text_at(*transaction, "currency") != text_at(intent, "currency")) return std::nullopt;
  return from_stripe_amount(*fee, text_at(*transaction, "currency"));
}

std::optional<Authorization> outcome_of(const Json& intent, Money amount) {
  const std::string status = text_at(intent, "status");
  const std::string reference = reference_of(intent);
  const auto count = integer_at(intent, "amount");
  if (reference.empty() || !count) return InDoubt{"Stripe's answer is no PaymentIntent", reference};
  if (from_stripe_amount(*count, text_at(intent, "currency")) != amount)
    return InDoubt{"Stripe holds another amount than was asked", reference};

  const Json* failure = find(intent, "last_payment_error");
  const bool failed = failure != nullptr && failure->is_object();
  if (status == "succeeded") return approved(intent, true);
  if (status == "requires_capture") return approved(intent, false);
  if (status == "requires_action") return action(intent);
  if (status == "processing") return InDoubt{"Stripe is still processing it", reference};
  if (status == "requires_payment_method" && failed) return declined(*failure);
  if (status == "requires_payment_method" || status == "requires_confirmation") return std::nullopt;
  if (status == "canceled") {
    const std::string why = text_at(intent, "cancellation_reason");
    const bool expired = why == "automatic" || why == "abandoned";
    return Declined{expired ? DeclineReason::kExpired : DeclineReason::kPayerCanceled, "canceled", ""};
  }
  return InDoubt{"Stripe's status is unknown to us: " + clipped(status, 40), reference};
}

}  // namespace florin::stripe
