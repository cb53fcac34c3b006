// Orders at PayPal's far side: made, shown, and completed with a card or with what the payer approved. A
// card's number is looked at and forgotten.
#include "sandbox_state.hpp"

namespace florin::paypal {
namespace {

// Stripe's decline codes in the words of PayPal's processor.
std::string response_code_of(const std::string& outcome) {
  if (outcome == "insufficient_funds") return "5120";
  if (outcome == "lost_card" || outcome == "stolen_card") return "9520";
  if (outcome == "expired_card") return "5400";
  if (outcome == "incorrect_cvc") return "5110";
  if (outcome == "processing_error") return "8000";
  if (outcome == "incorrect_number") return "1330";
  if (outcome == "card_velocity_exceeded") return "5710";
  if (outcome == "fraudulent") return "9500";
  return "0500";
}

Json link(const FarSide& far, const std::string& path, const std::string& rel, const std::string& method) {
  return {{"href", far.call.public_url + path}, {"rel", rel}, {"method", method}};
}

Json links_of(const FarSide& far, const std::string& id, const std::string& approve) {
  const std::string self = "/v2/checkout/orders/" + id;
  return Json::array({link(far, self, "self", "GET"), link(far, "/checkoutnow?token=" + id, approve, "GET"),
                      link(far, self + "/capture", "capture", "POST")});
}

Json new_authorization(FarSide& far, const Json& order, Money amount) {
  const Json& unit = order.at("purchase_units").at(0);
  return {{"id", far.new_id()},
          {"status", "CREATED"},
          {"amount", json_of(amount)},
          {"custom_id", text_at(unit, "custom_id")},
          {"invoice_id", text_at(unit, "invoice_id")},
          {"seller_protection", {{"status", "NOT_ELIGIBLE"}}},
          {"supplementary_data", {{"related_ids", {{"order_id", text_at(order, "id")}}}}},
          {"create_time", far.timestamp()},
          {"update_time", far.timestamp()}};
}

// The card's processor says no: the order is done with, and shows why.
void refuse(FarSide& far, Json& order, const std::string& list, Json payment, const std::string& outcome) {
  payment["status"] = list == "captures" ? "DECLINED" : "DENIED";
  payment["processor_response"] = {{"response_code", response_code_of(outcome)}};
  payment.erase("seller_receivable_breakdown");
  order["status"] = "COMPLETED";
  if (list == "captures") announce(far, far.owner, "PAYMENT.CAPTURE.DENIED", "capture", payment);
  payments_of(order, list).push_back(std::move(payment));
}

void take(FarSide& far, Json& order, const std::string& list, Json payment, Money amount) {
  const std::string attempt = text_at(unit_of(order), "custom_id"), id = text_at(payment, "id");
  far.books.state()["payments"][id] = order.at("id");
  far.enter(BookEntry::Kind::kAuthorized, order, "", attempt, amount);
  if (list == "captures") far.enter(BookEntry::Kind::kCaptured, order, id, attempt, amount);
  order["status"] = "COMPLETED";
  if (list == "captures")
    announce(far, far.owner, "PAYMENT.CAPTURE.COMPLETED", "capture", payment);
  else
    announce(far, far.owner, "PAYMENT.AUTHORIZATION.CREATED", "authorization", payment);
  payments_of(order, list).push_back(std::move(payment));
}

// Reads the card that came with the request; an answer when it cannot be used at all.
std::optional<HttpResponse> read_card(FarSide& far, Json& record) {
  const Json* card = find(far.body, "payment_source.card");
  if (card == nullptr) return std::nullopt;
  const std::string number = text_at(*card, "number"), expiry = text_at(*card, "expiry");
  if (number.size() < 13 || expiry.size() != 7)
    return say(400, "INVALID_REQUEST", "INVALID_PARAMETER_SYNTAX",
               "The value of a field does not conform to the expected format.");
  if (expiry < far.timestamp().substr(0, 7)) return unprocessable("CARD_EXPIRED", "The card is expired.");
  record["card"] = sandbox::outcome_of_card(number);
  record["return_url"] = text_at(*card, "experience_context.return_url");
  record["object"]["payment_source"] = {
      {"card", {{"last_digits", number.substr(number.size() - 4)}, {"expiry", expiry}}}};
  return std::nullopt;
}

}  // namespace

HttpResponse create_order(FarSide& far) {
  const std::string intent = text_at(far.body, "intent");
  const Json* unit = find(far.body, "purchase_units.0");
  const auto amount = money_of(find(far.body, "purchase_units.0.amount"));
  if ((intent != "CAPTURE" && intent != "AUTHORIZE") || unit == nullptr)
    return say(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER", "A required field is missing.");
  if (!amount)
    return unprocessable("DECIMAL_PRECISION", "The amount is not one that this currency can have.");
  const bool wallet = find(far.body, "payment_source.paypal") != nullptr;
  const std::string id = far.new_id();
  Json order = {{"id", id},
                {"intent", intent},
                {"status", wallet ? "PAYER_ACTION_REQUIRED" : "CREATED"},
                {"purchase_units", Json::array({*unit})},
                {"create_time", far.timestamp()},
                {"links", links_of(far, id, wallet ? "payer-action" : "approve")}};
  if (wallet) order["payment_source"] = {{"paypal", Json::object()}};
  Json& record = far.books.state()["orders"][id];
  record = {{"owner", far.owner},
            {"account", far.account},
            {"object", order},
            {"card", ""},
            {"return_url", text_at(far.body, "payment_source.paypal.experience_context.return_url")},
            {"cancel_url", text_at(far.body, "payment_source.paypal.experience_context.cancel_url")}};
  return sandbox::json_answer(wallet ? 200 : 201, order);
}

HttpResponse show_order(FarSide& far, const std::string& id) {
  const Json* record = far.order(id);
  if (record == nullptr) return not_found();
  return sandbox::json_answer(200, record->at("object"));
}

HttpResponse complete_order(FarSide& far, const std::string& id, bool capture) {
  Json* record = far.order(id);
  if (record == nullptr) return not_found();
  Json& order = record->at("object");
  const std::string status = text_at(order, "status");
  if (status == "COMPLETED")
    return capture ? unprocessable("ORDER_ALREADY_CAPTURED", "Order already captured.")
                   : unprocessable("ORDER_ALREADY_AUTHORIZED", "Order already authorized.");
  if (text_at(order, "intent") != (capture ? "CAPTURE" : "AUTHORIZE"))
    return unprocessable("ACTION_DOES_NOT_MATCH_INTENT", "Order was created with another intent.");
  if (const auto answer = read_card(far, *record)) return *answer;
  const std::string card = text_at(*record, "card");
  if (status == "PAYER_ACTION_REQUIRED")
    return unprocessable("PAYER_ACTION_REQUIRED",
                         "Transaction cannot complete successfully, instruct the buyer to return to PayPal.");
  if (status != "APPROVED" && card.empty())
    return unprocessable("ORDER_NOT_APPROVED", "Payer has not yet approved the Order for payment.");
  if (status != "APPROVED" && card == "challenge") {
    order["status"] = "PAYER_ACTION_REQUIRED";
    order["links"] = links_of(far, id, "payer-action");
    return sandbox::json_answer(200, order);
  }
  const Money amount = *money_of(find(order, "purchase_units.0.amount"));
  const bool approved = status == "APPROVED" || card == "approve";
  const std::string list = capture ? "captures" : "authorizations";
  Json payment = capture ? new_capture(far, order, amount, text_at(unit_of(order), "invoice_id"), true)
                         : new_authorization(far, order, amount);
  if (approved)
    take(far, order, list, std::move(payment), amount);
  else
    refuse(far, order, list, std::move(payment), card);
  return sandbox::json_answer(201, order);
}

}  // namespace florin::paypal
