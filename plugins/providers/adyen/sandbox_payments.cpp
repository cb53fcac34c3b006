// POST /payments at Adyen's far side: authorised and taken at once, or refused in Adyen's words. What a card
// does is said by its number (the test cards that every sandbox knows) or, as at Adyen itself, by its
// holder's name or by additionalData.RequestedTestAcquirerResponseCode.
#include <array>
#include <charconv>
#include <optional>

#include "sandbox_state.hpp"

namespace florin::adyen {
namespace {

struct Refusal {
  std::string_view code, reason, result;
  std::string_view holder;   // The name on the card that brings it about, from "Testing result codes".
  std::string_view outcome;  // Of the shared test cards; "" when none does.
};
constexpr auto kRefusals = std::to_array<Refusal>({
    {"2", "Refused", "Refused", "DECLINED", "generic_decline"},
    {"3", "Referral", "Refused", "REFERRAL", ""},
    {"4", "Acquirer Error", "Error", "ERROR", "processing_error"},
    {"5", "Blocked Card", "Refused", "BLOCK_CARD", "lost_card"},
    {"5", "Blocked Card", "Refused", "BLOCK_CARD", "stolen_card"},
    {"6", "Expired Card", "Refused", "CARD_EXPIRED", "expired_card"},
    {"7", "Invalid Amount", "Refused", "INVALID_AMOUNT", ""},
    {"8", "Invalid Card Number", "Refused", "INVALID_CARD", ""},
    {"11", "3D Not Authenticated", "Refused", "NOT_3D_AUTHENTICATED", ""},
    {"12", "Not enough balance", "Refused", "NOT_ENOUGH_BALANCE", "insufficient_funds"},
    {"14", "Acquirer Fraud", "Refused", "ACQUIRER_FRAUD", ""},
    {"20", "FRAUD", "Refused", "FRAUD", "fraudulent"},
    {"22", "FRAUD-CANCELLED", "Cancelled", "FRAUD_CANCELLED", ""},
    {"23", "Transaction Not Permitted", "Refused", "TRANSACTION_NOT_PERMITTED", ""},
    {"24", "CVC Declined", "Refused", "CVC_DECLINED", "incorrect_cvc"},
    {"25", "Restricted Card", "Refused", "RESTRICTED_CARD", ""},
    {"26", "Revocation Of Auth", "Refused", "REVOCATION_OF_AUTH", ""},
    {"27", "Declined Non Generic", "Refused", "DECLINED_NON_GENERIC", ""},
    {"28", "Withdrawal amount exceeded", "Refused", "WITHDRAWAL_AMOUNT_EXCEEDED", ""},
    {"29", "Withdrawal count exceeded", "Refused", "WITHDRAWAL_COUNT_EXCEEDED", "card_velocity_exceeded"},
    {"31", "Issuer Suspected Fraud", "Refused", "ISSUER_SUSPECTED_FRAUD", ""},
    {"32", "AVS Declined", "Refused", "AVS_DECLINED", ""},
    {"38", "Authentication required", "Refused", "AUTHENTICATION_REQUIRED", "challenge"},
});

std::optional<std::int64_t> whole(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || bad != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool passes_luhn(const std::string& digits) {
  int sum = 0;
  bool twice = false;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, twice = !twice) {
    if (*at < '0' || *at > '9') return false;
    const int digit = (*at - '0') * (twice ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return digits.size() >= 12 && sum % 10 == 0;
}

bool has_expired(const FarSide& far, std::int64_t month, std::int64_t year) {
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(far.call.now));
  const std::int64_t this_month = int(today.year()) * 12 + unsigned(today.month());
  return year * 12 + month < this_month;
}

std::optional<HttpResponse> wrong_with_card(FarSide& far) {
  const std::string type = far.field("paymentMethod.type"), number = far.field("paymentMethod.number");
  if (type != "scheme" && type != "networkToken")
    return service_error(far, 422, "905", "Payment details are not supported", "configuration");
  // Nobody's details are stored here.
  if (!far.field("paymentMethod.storedPaymentMethodId").empty())
    return service_error(far, 422, "800", "Contract not found");
  if (!passes_luhn(number)) return service_error(far, 422, "101", "Invalid card number");
  const auto month = whole(far.field("paymentMethod.expiryMonth"));
  const auto year = whole(far.field("paymentMethod.expiryYear"));
  if (!month || *month < 1 || *month > 12 || !year)
    return service_error(far, 422, "129", "Expiry Date Invalid");
  const std::string cvc = far.field("paymentMethod.cvc");
  if (!cvc.empty() && (cvc.size() < 3 || cvc.size() > 4))
    return service_error(far, 422, "103", "CVC is not the right length");
  return std::nullopt;
}

const Refusal* refusal_by(const auto& wanted) {
  for (const Refusal& each : kRefusals)
    if (wanted(each)) return &each;
  return nullptr;
}

// Null: it is authorised.
const Refusal* refusal_for(const FarSide& far) {
  const std::string code = far.field("additionalData.RequestedTestAcquirerResponseCode");
  const std::string holder = far.field("paymentMethod.holderName");
  const std::string outcome = sandbox::outcome_of_card(far.field("paymentMethod.number"));
  const auto month = whole(far.field("paymentMethod.expiryMonth")),
             year = whole(far.field("paymentMethod.expiryYear"));
  if (const Refusal* asked = refusal_by([&](const Refusal& each) { return each.code == code; })) return asked;
  if (const Refusal* named = refusal_by([&](const Refusal& each) { return each.holder == holder; }))
    return named;
  if (has_expired(far, *month, *year))
    return refusal_by([](const Refusal& each) { return each.code == "6"; });
  return refusal_by([&](const Refusal& each) { return !each.outcome.empty() && each.outcome == outcome; });
}

HttpResponse refuse(FarSide& far, const Refusal& refusal, const std::string& psp_reference) {
  announce(far, {"AUTHORISATION", psp_reference, "", far.field("reference"), std::string(refusal.reason),
                 far.body.at("amount"), false});
  return sandbox::json_answer(200, {{"pspReference", psp_reference},
                                    {"resultCode", refusal.result},
                                    {"refusalReason", refusal.reason},
                                    {"refusalReasonCode", refusal.code},
                                    {"merchantReference", far.field("reference")}});
}

HttpResponse authorise(FarSide& far, const std::string& psp_reference) {
  const Json& amount = far.body.at("amount");
  const std::string reference = far.field("reference");
  const std::int64_t value = integer_at(amount, "value").value_or(0);
  far.books.state()["payments"][psp_reference] = {
      {"owner", far.owner},     {"account", far.account},
      {"reference", reference}, {"currency", amount.at("currency")},
      {"captured", value},      {"refunded", 0}};
  far.enter(BookEntry::Kind::kAuthorized, psp_reference, "", amount);
  far.enter(BookEntry::Kind::kCaptured, psp_reference, psp_reference, amount);
  announce(far, {"AUTHORISATION", psp_reference, "", reference, "", amount, true});
  const std::string brand = sandbox::brand_of_card(far.field("paymentMethod.number"));
  return sandbox::json_answer(
      200,
      {{"additionalData",
        {{"authCode", "044925"}, {"networkTxReference", sandbox::new_id(far.books, "", far.call.now, 15)}}},
       {"amount", amount},
       {"merchantReference", reference},
       {"paymentMethod", {{"brand", brand == "mastercard" ? "mc" : brand}, {"type", "scheme"}}},
       {"pspReference", psp_reference},
       {"resultCode", "Authorised"}});
}

}  // namespace

HttpResponse make_payment(FarSide& far) {
  const Json* amount = find(far.body, "amount");
  if (amount == nullptr) return service_error(far, 422, "100", "No amount specified");
  const BadAmount wrong = wrong_with(*amount);
  if (!wrong.code.empty()) return service_error(far, 422, wrong.code, wrong.message);
  if (far.field("reference").empty()) return service_error(far, 422, "130", "Reference Missing");
  if (far.field("returnUrl").empty()) return service_error(far, 422, "14_030", "Return URL is missing.");
  if (const auto no = wrong_with_card(far)) return *no;
  const std::string psp_reference = new_psp_reference(far);
  if (const Refusal* refusal = refusal_for(far)) return refuse(far, *refusal, psp_reference);
  return authorise(far, psp_reference);
}

}  // namespace florin::adyen
