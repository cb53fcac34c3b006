// PaymentIntents at Stripe's far side: made, shown, confirmed, captured, cancelled, with the errors that
// Stripe documents for each.
#include <algorithm>

#include "sandbox_state.hpp"

namespace florin::stripe {
namespace {

Json metadata_of(const FarSide& far) {
  Json metadata = Json::object();
  for (const auto& [name, value] : far.form)
    if (name.rfind("metadata[", 0) == 0 && name.back() == ']')
      metadata[name.substr(9, name.size() - 10)] = value;
  return metadata;
}

bool is_one_of(const std::string& status, std::initializer_list<std::string_view> allowed) {
  return std::find(allowed.begin(), allowed.end(), status) != allowed.end();
}

bool fits_currency(const std::string& code, std::int64_t count) {
  const auto currency = Currency::parse(code);
  if (!currency) return false;
  if (currency->code() == "ISK" || currency->code() == "UGX") return count % 100 == 0;
  return currency->exponent() != 3 || count % 10 == 0;
}

}  // namespace

HttpResponse create_intent(FarSide& far) {
  const auto amount = count_in(far.field("amount"));
  const std::string currency = far.field("currency"), capture = far.field("capture_method");
  if (!amount || *amount < 1)
    return wrong_parameter("amount", "parameter_invalid_integer", "Invalid positive integer");
  if (*amount > 99'999'999)
    return wrong_parameter("amount", "amount_too_large", "Amount must be no more than 999,999.99");
  if (!fits_currency(currency, *amount))
    return wrong_parameter("currency", "", "Invalid currency, or an amount that it cannot have: " + currency);
  const std::string id = sandbox::new_id(far.books, "pi_", far.call.now);
  const Json& record =
      far.keep("intents", {{"id", id},
                           {"object", "payment_intent"},
                           {"amount", *amount},
                           {"amount_capturable", 0},
                           {"amount_received", 0},
                           {"capture_method", capture.empty() ? "automatic" : capture},
                           {"client_secret", sandbox::new_id(far.books, id + "_secret_", far.call.now)},
                           {"confirmation_method", "automatic"},
                           {"created", far.seconds()},
                           {"currency", currency},
                           {"last_payment_error", nullptr},
                           {"latest_charge", nullptr},
                           {"livemode", false},
                           {"metadata", metadata_of(far)},
                           {"next_action", nullptr},
                           {"payment_method", nullptr},
                           {"payment_method_types", Json::array({"card"})},
                           {"status", "requires_payment_method"}});
  return sandbox::json_answer(200, record.at("object"));
}

HttpResponse show_intent(FarSide& far, const std::string& id) {
  const Json* record = far.find("intents", id);
  if (record == nullptr) return missing("payment_intent", id);
  return sandbox::json_answer(200, rendered(far, record->at("object")));
}

// Knows the one query that is asked here: metadata['name']:'value'.
HttpResponse search_intents(FarSide& far, const std::string& query) {
  Json found = Json::array();
  const std::string opening = "metadata['", middle = "']:'";
  const auto name_end = query.find(middle);
  if (query.rfind(opening, 0) != 0 || name_end == std::string::npos || query.back() != '\'')
    return wrong_parameter("query", "", "We were unable to parse your search query.");
  const std::string name = query.substr(opening.size(), name_end - opening.size());
  const std::string value =
      query.substr(name_end + middle.size(), query.size() - name_end - middle.size() - 1);
  for (const auto& [id, record] : far.books.state()["intents"].items())
    if (text_at(record, "owner") == far.owner && text_at(record, "object.metadata." + name) == value)
      found.push_back(record.at("object"));
  return sandbox::json_answer(200, {{"object", "search_result"},
                                    {"url", "/v1/payment_intents/search"},
                                    {"has_more", false},
                                    {"data", found}});
}

HttpResponse confirm_intent(FarSide& far, const std::string& id) {
  Json* record = far.find("intents", id);
  if (record == nullptr) return missing("payment_intent", id);
  Json& intent = record->at("object");
  if (!is_one_of(text_at(intent, "status"), {"requires_payment_method", "requires_confirmation"}))
    return unexpected_state(intent, "confirm");
  const std::string method = far.field("payment_method");
  const auto outcome = outcome_of_method(far, method);
  if (!outcome) return missing("PaymentMethod", method, "payment_method");
  intent["payment_method"] = method;
  intent["last_payment_error"] = nullptr;
  (*record)["key"] = far.key;
  if (*outcome == "challenge") {
    const std::string return_url = far.field("return_url");
    const std::string page = far.call.public_url + "/pages/3ds/" + id;
    intent["status"] = "requires_action";
    intent["next_action"] = {{"type", "redirect_to_url"},
                             {"redirect_to_url", {{"url", page}, {"return_url", return_url}}}};
    announce(far, far.owner, "payment_intent.requires_action", intent);
  } else if (*outcome == "approve") {
    charge(far, *record);
  } else {
    const Json failure = decline(far, *record, *outcome);
    Problem problem;
    problem.status = 402;
    problem.type = "card_error";
    problem.code = text_at(failure, "code");
    problem.decline_code = text_at(failure, "decline_code");
    problem.message = text_at(failure, "message");
    problem.intent = intent;
    return say(problem);
  }
  return sandbox::json_answer(200, rendered(far, intent));
}

HttpResponse capture_intent(FarSide& far, const std::string& id) {
  Json* record = far.find("intents", id);
  if (record == nullptr) return missing("payment_intent", id);
  const Json& intent = record->at("object");
  if (text_at(intent, "status") != "requires_capture") return unexpected_state(intent, "capture");
  const std::int64_t held = integer_at(intent, "amount_capturable").value_or(0);
  const std::string asked = far.field("amount_to_capture");
  const auto count = asked.empty() ? std::optional<std::int64_t>(held) : count_in(asked);
  if (!count || *count < 1)
    return wrong_parameter("amount_to_capture", "parameter_invalid_integer", "Invalid positive integer");
  if (*count > held)
    return wrong_parameter("amount_to_capture", "amount_too_large",
                           "You cannot capture more than the amount_capturable of this PaymentIntent.");
  book_capture(far, *record, *count, far.key, far.key);
  return sandbox::json_answer(200, rendered(far, record->at("object")));
}

HttpResponse cancel_intent(FarSide& far, const std::string& id) {
  Json* record = far.find("intents", id);
  if (record == nullptr) return missing("payment_intent", id);
  Json& intent = record->at("object");
  const std::string status = text_at(intent, "status");
  if (!is_one_of(status,
                 {"requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"}))
    return unexpected_state(intent, "cancel");
  if (status == "requires_capture")
    far.enter(BookEntry::Kind::kVoided, intent, text_at(intent, "latest_charge"), far.key, far.key,
              integer_at(intent, "amount_capturable").value_or(0));
  intent["status"] = "canceled";
  intent["amount_capturable"] = 0;
  intent["next_action"] = nullptr;
  intent["canceled_at"] = far.seconds();
  intent["cancellation_reason"] = nullptr;
  announce(far, far.owner, "payment_intent.canceled", intent);
  return sandbox::json_answer(200, intent);
}

}  // namespace florin::stripe
