// PaymentMethods at Stripe's far side: a card's number is looked at and forgotten, what it will do is kept.
#include <charconv>

#include "sandbox_state.hpp"

namespace florin::stripe {
namespace {

HttpResponse bad_card(const std::string& code, const std::string& param, const std::string& message) {
  Problem problem;
  problem.status = 402;
  problem.type = "card_error";
  problem.code = code;
  problem.param = param;
  problem.message = message;
  return say(problem);
}

// Stripe's test tokens, by what their cards do.
std::string outcome_of_token(const std::string& token) {
  if (token == "tok_chargeDeclined" || token == "pm_card_chargeDeclined") return "generic_decline";
  if (token == "tok_chargeDeclinedInsufficientFunds" || token == "pm_card_chargeDeclinedInsufficientFunds")
    return "insufficient_funds";
  if (token == "tok_threeDSecure2Required" || token == "pm_card_threeDSecure2Required") return "challenge";
  return "approve";
}

bool has_expired(const FarSide& far, std::int64_t month, std::int64_t year) {
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(far.call.now));
  const std::int64_t this_year = int(today.year()), this_month = unsigned(today.month());
  return year < this_year || (year == this_year && month < this_month);
}

}  // namespace

std::optional<std::int64_t> count_in(const std::string& text) {
  std::int64_t count = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (text.empty() || bad != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return count;
}

HttpResponse wrong_parameter(const std::string& param, const std::string& code, const std::string& message) {
  Problem problem;
  problem.param = param;
  problem.code = code;
  problem.message = message;
  return say(problem);
}

std::optional<std::string> outcome_of_method(FarSide& far, const std::string& id) {
  if (const Json* record = far.find("methods", id)) return text_at(*record, "outcome");
  if (id.rfind("pm_card_", 0) == 0) return outcome_of_token(id);
  return std::nullopt;
}

HttpResponse create_method(FarSide& far) {
  if (far.field("type") != "card")
    return wrong_parameter("type", "parameter_invalid", "Only type=card is taken here.");
  const std::string token = far.field("card[token]");
  const std::string number = far.field("card[number]");
  if (token.empty() && number.empty())
    return wrong_parameter("card", "parameter_missing", "Missing required param: card.");
  Json card = {
      {"brand", "visa"}, {"exp_month", 12}, {"exp_year", 2040}, {"funding", "credit"}, {"last4", "4242"}};
  std::string outcome = outcome_of_token(token);
  if (!number.empty()) {
    const auto month = count_in(far.field("card[exp_month]")), year = count_in(far.field("card[exp_year]"));
    outcome = sandbox::outcome_of_card(number);
    if (outcome == "incorrect_number" || number.size() < 12)
      return bad_card("incorrect_number", "number", "Your card number is incorrect.");
    if (!month || *month < 1 || *month > 12)
      return bad_card("invalid_expiry_month", "exp_month", "Your card's expiration month is invalid.");
    if (!year || has_expired(far, *month, *year))
      return bad_card("invalid_expiry_year", "exp_year", "Your card's expiration year is invalid.");
    card["brand"] = sandbox::brand_of_card(number);
    card["exp_month"] = *month;
    card["exp_year"] = *year;
    card["last4"] = number.substr(number.size() - 4);
  }
  Json& record = far.keep("methods", {{"id", sandbox::new_id(far.books, "pm_", far.call.now)},
                                      {"object", "payment_method"},
                                      {"type", "card"},
                                      {"card", card},
                                      {"billing_details", Json::object()},
                                      {"created", far.seconds()},
                                      {"livemode", false},
                                      {"metadata", Json::object()}});
  record["outcome"] = outcome;
  return sandbox::json_answer(200, record.at("object"));
}

}  // namespace florin::stripe
