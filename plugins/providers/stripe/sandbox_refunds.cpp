// Refunds at Stripe's far side: never more than is left of the charge, newest first when listed.
#include <algorithm>
#include <charconv>

#include "sandbox_state.hpp"

namespace florin::stripe {
namespace {

HttpResponse too_much(std::int64_t asked, std::int64_t left) {
  Problem problem;
  problem.param = "amount";
  problem.message = "Refund amount (" + std::to_string(asked) +
                    ") is greater than unrefunded amount on charge (" + std::to_string(left) + ")";
  return say(problem);
}

Json list_of(Json data, bool has_more) {
  return {{"object", "list"}, {"url", "/v1/refunds"}, {"has_more", has_more}, {"data", std::move(data)}};
}

}  // namespace

HttpResponse create_refund(FarSide& far) {
  const std::string id = far.field("payment_intent");
  Json* record = far.find("intents", id);
  if (record == nullptr) return missing("payment_intent", id);
  Json* taken = far.find("charges", text_at(*record, "object.latest_charge"));
  if (text_at(*record, "object.status") != "succeeded" || taken == nullptr)
    return unexpected_state(record->at("object"), "refund");
  Json& charge = taken->at("object");
  const std::int64_t before = integer_at(charge, "amount_refunded").value_or(0);
  const std::int64_t left = integer_at(charge, "amount_captured").value_or(0) - before;
  if (left == 0) {
    Problem problem;
    problem.code = "charge_already_refunded";
    problem.message = "Charge " + text_at(charge, "id") + " has already been refunded.";
    return say(problem);
  }
  const std::string asked = far.field("amount");
  std::int64_t amount = left;
  if (!asked.empty()) {
    const auto [end, bad] = std::from_chars(asked.data(), asked.data() + asked.size(), amount);
    if (bad != std::errc() || end != asked.data() + asked.size() || amount < 1) return too_much(0, left);
  }
  if (amount > left) return too_much(amount, left);

  const std::string attempt = far.field("metadata[attempt_id]");
  const std::string reason = far.field("reason");
  const Json refund = {
      {"id", sandbox::new_id(far.books, "re_", far.call.now)},
      {"object", "refund"},
      {"amount", amount},
      {"charge", charge.at("id")},
      {"created", far.seconds()},
      {"currency", charge.at("currency")},
      {"metadata", {{"attempt_id", attempt}, {"payment_id", far.field("metadata[payment_id]")}}},
      {"payment_intent", id},
      {"reason", reason.empty() ? Json() : Json(reason)},
      {"status", "succeeded"}};
  charge["amount_refunded"] = before + amount;
  charge["refunded"] = amount == left;
  far.keep("refunds", refund);
  (*record)["refunds"].push_back(refund.at("id"));
  far.enter(BookEntry::Kind::kRefunded, record->at("object"), text_at(refund, "id"), far.key, attempt,
            amount);
  announce(far, far.owner, "charge.refunded", charge);
  announce(far, far.owner, "refund.created", refund);
  return sandbox::json_answer(200, refund);
}

HttpResponse list_refunds(FarSide& far, const sandbox::Target& target) {
  const Json* record = far.find("intents", target.parameter("payment_intent"));
  if (record == nullptr) return sandbox::json_answer(200, list_of(Json::array(), false));
  const std::string text = target.parameter("limit"), after = target.parameter("starting_after");
  std::size_t limit = 10;
  std::from_chars(text.data(), text.data() + text.size(), limit);
  limit = std::clamp<std::size_t>(limit, 1, 100);
  Json data = Json::array();
  bool counting = after.empty();
  const Json ids = record->value("refunds", Json::array());
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
    if (counting && data.size() == limit) return sandbox::json_answer(200, list_of(data, true));
    if (counting) data.push_back(far.find("refunds", id->get<std::string>())->at("object"));
    counting |= *id == after;
  }
  return sandbox::json_answer(200, list_of(data, false));
}

}  // namespace florin::stripe
