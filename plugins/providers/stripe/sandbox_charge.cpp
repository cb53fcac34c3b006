// What an intent's charge does at Stripe's far side: taken, held, captured or declined, with its fee (2.9 %,
// rounded down) and an entry in the books for each movement of money.
#include "sandbox_state.hpp"

namespace florin::stripe {
namespace {

Json new_charge(FarSide& far, const Json& intent, bool is_captured) {
  const std::int64_t amount = integer_at(intent, "amount").value_or(0);
  return {{"id", sandbox::new_id(far.books, "ch_", far.call.now)},
          {"object", "charge"},
          {"amount", amount},
          {"amount_captured", is_captured ? amount : 0},
          {"amount_refunded", 0},
          {"balance_transaction", nullptr},
          {"billing_details", Json::object()},
          {"captured", is_captured},
          {"created", far.seconds()},
          {"currency", intent.at("currency")},
          {"disputed", false},
          {"livemode", false},
          {"metadata", intent.at("metadata")},
          {"paid", true},
          {"payment_intent", intent.at("id")},
          {"payment_method", intent.at("payment_method")},
          {"refunded", false},
          {"status", "succeeded"}};
}

std::string book_fee(FarSide& far, const Json& charge, std::int64_t count) {
  const std::int64_t fee = count * 29 / 1000;
  const Json transaction = {{"id", sandbox::new_id(far.books, "txn_", far.call.now)},
                            {"object", "balance_transaction"},
                            {"amount", count},
                            {"available_on", far.seconds()},
                            {"created", far.seconds()},
                            {"currency", charge.at("currency")},
                            {"fee", fee},
                            {"fee_details", Json::array()},
                            {"net", count - fee},
                            {"reporting_category", "charge"},
                            {"source", charge.at("id")},
                            {"status", "pending"},
                            {"type", "charge"}};
  far.keep("transactions", transaction);
  return text_at(transaction, "id");
}

// The sentence that Stripe shows for a decline code; the code that stands beside it differs for a few.
std::string code_beside(const std::string& decline_code) {
  if (decline_code == "expired_card" || decline_code == "incorrect_cvc" || decline_code == "processing_error")
    return decline_code;
  if (decline_code == "authentication_failed") return "payment_intent_authentication_failure";
  return "card_declined";
}

}  // namespace

void book_capture(FarSide& far, Json& record, std::int64_t count, const std::string& used_key,
                  const std::string& attempt) {
  Json& intent = record.at("object");
  Json& taken = far.find("charges", text_at(intent, "latest_charge"))->at("object");
  taken["captured"] = true;
  taken["amount_captured"] = count;
  taken["balance_transaction"] = book_fee(far, taken, count);
  intent["status"] = "succeeded";
  intent["amount_received"] = count;
  intent["amount_capturable"] = 0;
  far.enter(BookEntry::Kind::kCaptured, intent, text_at(taken, "id"), used_key, attempt, count);
  announce(far, text_at(record, "owner"), "payment_intent.succeeded", intent);
}

void charge(FarSide& far, Json& record) {
  Json& intent = record.at("object");
  const std::int64_t amount = integer_at(intent, "amount").value_or(0);
  const std::string key = text_at(record, "key"), attempt = text_at(intent, "metadata.attempt_id");
  const Json taken = new_charge(far, intent, false);
  far.keep("charges", taken);
  intent["latest_charge"] = taken.at("id");
  intent["next_action"] = nullptr;
  far.enter(BookEntry::Kind::kAuthorized, intent, "", key, attempt, amount);
  if (text_at(intent, "capture_method") != "manual") {
    book_capture(far, record, amount, key, attempt);
    return;
  }
  intent["status"] = "requires_capture";
  intent["amount_capturable"] = amount;
  announce(far, text_at(record, "owner"), "payment_intent.amount_capturable_updated", intent);
}

Json decline(FarSide& far, Json& record, const std::string& code) {
  Json& intent = record.at("object");
  Json failure = {
      {"type", "card_error"}, {"code", code_beside(code)}, {"message", "Your card was declined."}};
  if (text_at(failure, "code") == "card_declined") failure["decline_code"] = code;
  intent["status"] = "requires_payment_method";
  intent["next_action"] = nullptr;
  intent["last_payment_error"] = failure;
  announce(far, text_at(record, "owner"), "payment_intent.payment_failed", intent);
  return failure;
}

Json rendered(FarSide& far, const Json& intent) {
  Json shown = intent;
  bool unfold = false;
  for (const auto& [name, value] : far.form)
    unfold |= name.rfind("expand", 0) == 0 && value == "latest_charge.balance_transaction";
  const Json* taken = far.find("charges", text_at(intent, "latest_charge"));
  if (!unfold || taken == nullptr) return shown;
  shown["latest_charge"] = taken->at("object");
  if (const Json* transaction = far.find("transactions", text_at(*taken, "object.balance_transaction")))
    shown["latest_charge"]["balance_transaction"] = transaction->at("object");
  return shown;
}

}  // namespace florin::stripe
