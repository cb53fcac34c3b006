// CreatePayment at Square's far side: which token does what, and the Payment that comes of it. Tokens and
// their outcomes from "Sandbox payments" in Square's documentation.
#include <array>

#include <florin/crypto.hpp>

#include "sandbox_state.hpp"
#include "times.hpp"

namespace florin::square {
namespace {

constexpr std::string_view kOk = "";
struct TestToken {
  std::string_view token, code;
  int status;
};
constexpr auto kTestTokens = std::to_array<TestToken>({
    {"cnon:card-nonce-ok", kOk, 200},
    {"cnon:gift-card-nonce-ok", kOk, 200},
    {"cnon:card-nonce-declined", "GENERIC_DECLINE", 402},
    {"cnon:card-nonce-rejected-cvv", "CVV_FAILURE", 402},
    {"cnon:card-nonce-rejected-postalcode", "ADDRESS_VERIFICATION_FAILURE", 402},
    {"cnon:card-nonce-rejected-expiration", "INVALID_EXPIRATION", 400},
    {"cnon:card-nonce-requires-verification", "CARD_DECLINED_VERIFICATION_REQUIRED", 402},
    {"cnon:gift-card-nonce-insufficient-funds", "INSUFFICIENT_FUNDS", 402},
    {"cnon:gift-card-nonce-insufficient-permission", "INSUFFICIENT_PERMISSIONS", 403},
});

const TestToken* test_token(const std::string& source) {
  for (const TestToken& each : kTestTokens)
    if (each.token == source) return &each;
  return nullptr;
}

std::optional<HttpResponse> wrong_request(FarSide& far) {
  if (far.key().empty())
    return say({400, "INVALID_REQUEST_ERROR", "VALUE_EMPTY", "Field must not be blank", "idempotency_key"});
  for (const auto& [name, length_max] : {std::pair{"idempotency_key", 45}, std::pair{"reference_id", 40}})
    if (far.field(name).size() > static_cast<std::size_t>(length_max))
      return say({400, "INVALID_REQUEST_ERROR", "VALUE_TOO_LONG", "Field must not be greater than its length",
                  name});
  const std::string location = far.field("location_id");
  if (!far.location.empty() && !location.empty() && location != far.location)
    return missing("Location", "location_id");
  const auto amount = read_money(far.body, "amount_money");
  if (!amount)
    return say({400, "INVALID_REQUEST_ERROR", "MISSING_REQUIRED_PARAMETER", "Missing required parameter.",
                "amount_money"});
  if (amount->currency().code() != far.currency)
    return say({400, "INVALID_REQUEST_ERROR", "INVALID_VALUE",
                "This merchant can only process payments in " + far.currency + ".", "amount_money.currency"});
  if (amount->minor() < 1)
    return say({400, "INVALID_REQUEST_ERROR", "VALUE_TOO_LOW",
                "`amount_money.amount` must be greater than 0.", "amount_money.amount"});
  return std::nullopt;
}

// A token from a payment form is good once. Square's own test tokens are good for ever, but for one.
std::optional<HttpResponse> wrong_source(FarSide& far, const std::string& source) {
  if (test_token(source) != nullptr) return std::nullopt;
  // A number, a card on file, CASH: none of them is the token of a card here.
  if (source.rfind("cnon:", 0) != 0) return missing("Card nonce", "source_id");
  Json& used = far.books.state()["used_tokens"];
  const std::string digest = to_hex(sha256(source));
  if (source == "cnon:card-nonce-already-used" || used.contains(digest))
    return say({400, "INVALID_REQUEST_ERROR", "CARD_TOKEN_USED",
                "Card nonce already used; please request new nonce.", "source_id"});
  used[digest] = true;
  return std::nullopt;
}

Json card_details() {
  return {{"status", "AUTHORIZED"},
          {"card",
           {{"card_brand", "VISA"},
            {"last_4", "5858"},
            {"exp_month", 12},
            {"exp_year", 2034},
            {"fingerprint", "sq-1-florin"},
            {"card_type", "CREDIT"},
            {"prepaid_type", "NOT_PREPAID"},
            {"bin", "453275"}}},
          {"entry_method", "KEYED"},
          {"cvv_status", "CVV_ACCEPTED"},
          {"avs_status", "AVS_ACCEPTED"},
          {"statement_description", "SQ *FLORIN SANDBOX"}};
}

Json new_payment(FarSide& far) {
  const Json amount = far.body.at("amount_money");
  const std::string location = far.field("location_id");
  Json payment = {{"id", sandbox::new_id(far.books, "", far.call.now, 32)},
                  {"created_at", far.timestamp()},
                  {"updated_at", far.timestamp()},
                  {"amount_money", amount},
                  {"total_money", amount},
                  {"approved_money", amount},
                  {"status", "APPROVED"},
                  {"delay_duration", "PT168H"},
                  {"delay_action", "CANCEL"},
                  {"delayed_until", to_rfc3339(far.call.now + std::chrono::hours(168))},
                  {"source_type", "CARD"},
                  {"card_details", card_details()},
                  {"location_id", location.empty() ? "MAIN" : location},
                  {"order_id", sandbox::new_id(far.books, "", far.call.now, 30)},
                  {"capabilities",
                   {"EDIT_AMOUNT_UP", "EDIT_AMOUNT_DOWN", "EDIT_TIP_AMOUNT_UP", "EDIT_TIP_AMOUNT_DOWN",
                    "EDIT_DELAY_ACTION"}},
                  {"version_token", sandbox::new_id(far.books, "", far.call.now, 30)}};
  for (const char* name :
       {"reference_id", "note", "buyer_email_address", "billing_address", "shipping_address"})
    if (far.body.contains(name)) payment[name] = far.body.at(name);
  return payment;
}

HttpResponse decline(FarSide& far, Json payment, const TestToken& token) {
  const Problem problem{token.status, "PAYMENT_METHOD_ERROR", std::string(token.code),
                        "Authorization error: '" + std::string(token.code) + "'", ""};
  payment["status"] = "FAILED";
  payment["card_details"]["status"] = "FAILED";
  payment["card_details"]["errors"] = Json::array({to_json(problem)});
  payment.erase("approved_money");
  payment.erase("capabilities");
  const Json& kept = far.keep("payments", payment).at("object");
  announce(far, "payment.created", "payment", kept);
  return say(problem, {{"payment", kept}});
}

}  // namespace

HttpResponse create_payment(FarSide& far) {
  if (const auto wrong = wrong_request(far)) return *wrong;
  const std::string source = far.field("source_id");
  if (const auto wrong = wrong_source(far, source)) return *wrong;
  const Json payment = new_payment(far);
  const TestToken* token = test_token(source);
  const bool verified = !far.field("verification_token").empty();
  const bool approves = token == nullptr || token->code == kOk ||
                        (verified && token->code == "CARD_DECLINED_VERIFICATION_REQUIRED");
  if (!approves) return decline(far, payment, *token);

  Json& record = far.keep("payments", payment);
  far.books.state()["payment_of_key"][far.owner + "#" + far.key()] = payment.at("id");
  far.enter(BookEntry::Kind::kAuthorized, payment, "", far.field("reference_id"),
            *read_money(payment, "amount_money"));
  announce(far, "payment.created", "payment", payment);
  const Json* waits = find(far.body, "autocomplete");
  const bool is_held = waits != nullptr && waits->is_boolean() && !waits->get<bool>();
  if (!is_held) complete(far, record);
  return sandbox::json_answer(200, {{"payment", record.at("object")}});
}

}  // namespace florin::square
