// The Payment: creating, finding and reading it, and cancelling it by its key. From "Create payment", "List
// payments", "Get payment" and "Cancel payment by idempotency key", API 2025-08-20.
#include <algorithm>

#include "amounts.hpp"
#include "times.hpp"
#include "wire_request.hpp"

namespace florin::square {
namespace {

// reference_id takes 40 characters, an idempotency key 45, and lower_amount() adds seven to it.
constexpr std::size_t kAttemptIdMax = 38;

// A token that the payer's browser got from Square's SDK. "CASH" and "EXTERNAL" would only note a payment
// down as taken, a "ccof:" needs its customer, a "bnon:" (bank) is decided days later, a number is no token.
Result<std::string> source_of(const PaymentMethod& method) {
  const auto* token = std::get_if<ProviderToken>(&method.instrument);
  if (token == nullptr || token->token.expose().rfind("cnon:", 0) != 0)
    return Error{Error::Kind::kInvalid,
                 "Square takes the tokens of its own payment form (cnon:...) and no card number",
                 "method_not_supported", "payment_method"};
  return token->token.expose();
}

void add_if(Json& json, const char* name, const std::string& value) {
  if (!value.empty()) json[name] = value;
}

void add_address(Json& payment, const char* name, const Address& address) {
  Json json = Json::object();
  add_if(json, "address_line_1", address.line1);
  add_if(json, "address_line_2", address.line2);
  add_if(json, "locality", address.city);
  add_if(json, "administrative_district_level_1", address.state);
  add_if(json, "postal_code", address.postal_code);
  add_if(json, "country", address.country);
  if (!json.empty()) payment[name] = json;
}

// "A leading +, 9 to 16 digits, and between them spaces and ( ) - ." What is none would refuse the payment.
bool is_phone(const std::string& text) {
  if (text.empty() || text.front() != '+' ||
      text.find_first_not_of("0123456789 ()-.", 1) != std::string::npos)
    return false;
  const auto digits = std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits >= 9 && digits <= 16;
}

void add_buyer(Json& payment, const AuthorizeRequest& request) {
  const std::string& email = request.billing.email.empty() ? request.customer.email : request.billing.email;
  const std::string& phone = request.billing.phone.empty() ? request.customer.phone : request.billing.phone;
  if (email.size() <= 255) add_if(payment, "buyer_email_address", email);
  if (is_phone(phone)) payment["buyer_phone_number"] = phone;
  add_address(payment, "billing_address", request.billing.address);
  add_address(payment, "shipping_address", request.shipping.address);
}

}  // namespace

Result<HttpRequest> create_payment(const AuthorizeRequest& request, const Config& config) {
  FLORIN_TRY(source, source_of(request.method));
  if (request.amount.currency().code() != config.currency)
    return Error{Error::Kind::kInvalid, "this Square location takes " + config.currency + " only",
                 "currency_not_supported", "currency"};
  if (request.amount.minor() <= 0)
    return Error{Error::Kind::kInvalid, "Square takes amounts above zero only", "amount_invalid", "amount"};
  if (request.attempt_id.size() > kAttemptIdMax)
    return Error{Error::Kind::kInvalid, "the attempt's name is too long for Square's reference_id", "", ""};
  Json payment = {{"source_id", source},
                  {"idempotency_key", request.attempt_id},
                  {"reference_id", request.attempt_id},
                  {"amount_money", to_square(request.amount)},
                  {"autocomplete", request.capture},
                  {"location_id", config.location_id}};
  add_if(payment, "note", clipped(request.description, 500));
  add_buyer(payment, request);
  return with_body("POST", "/v2/payments", payment, config);
}

HttpRequest retrieve_payment(const std::string& payment, const Config& config) {
  return get("/v2/payments/" + url_encode(payment), config);
}

HttpRequest list_payments(const LookupRequest& request, const std::string& cursor, const Config& config) {
  const std::string total = "&total=" + std::to_string(request.amount.minor());
  return get("/v2/payments" + around(request, cursor, config) + total, config);
}

HttpRequest cancel_by_key(const std::string& attempt_id, const Config& config) {
  return with_body("POST", "/v2/payments/cancel", {{"idempotency_key", attempt_id}}, config);
}

const Json* payment_in(const Json& answer) {
  const Json* payment = find(answer, "payment");
  return payment != nullptr && !text_at(*payment, "id").empty() ? payment : nullptr;
}

const Json* find_payment(const Json& page, const std::string& attempt_id) {
  const Json* payments = find(page, "payments");
  if (payments == nullptr || !payments->is_array()) return nullptr;
  for (const Json& payment : *payments)
    if (text_at(payment, "reference_id") == attempt_id) return &payment;
  return nullptr;
}

std::optional<Money> total_of(const Json& payment) {
  const auto total = money_at(payment, "total_money");
  return total ? total : money_at(payment, "amount_money");
}

std::optional<Money> fee_of(const Json& object) {
  const Json* fees = find(object, "processing_fee");
  if (fees == nullptr || !fees->is_array() || fees->empty()) return std::nullopt;
  std::optional<Money> sum;
  for (const Json& fee : *fees) {
    const auto each = money_at(fee, "amount_money");
    if (!each) return std::nullopt;
    const Result<Money> more = Money::plus(sum.value_or(Money::zero(each->currency())), *each);
    if (!more) return std::nullopt;
    sum = *more;
  }
  const auto amount = money_at(object, "amount_money");
  if (!amount || amount->currency() != sum->currency()) return std::nullopt;
  return sum;
}

Authorization outcome_of(const Json& payment, Money amount) {
  const std::string id = text_at(payment, "id"), status = text_at(payment, "status");
  if (id.empty()) return InDoubt{"Square's answer is no payment", ""};
  if (status == "FAILED") {
    const Json* error = find(payment, "card_details.errors.0");
    return declined(error != nullptr ? *error : Json::object());
  }
  if (total_of(payment) != amount) return InDoubt{"Square holds another amount than was asked", id};
  if (status == "APPROVED") return Approved{id, false, "", std::nullopt, ""};
  if (status == "COMPLETED") return Approved{id, true, id, fee_of(payment), ""};
  if (status == "PENDING") return InDoubt{"Square is still processing it", id};
  if (status == "CANCELED") return Declined{DeclineReason::kExpired, "CANCELED", ""};
  return InDoubt{"Square's status is unknown to us: " + clipped(status, 40), id};
}

}  // namespace florin::square
