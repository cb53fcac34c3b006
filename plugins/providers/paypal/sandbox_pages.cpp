// PayPal's page, where the payer approves an order or passes a card's 3-D Secure. Approving takes nothing:
// the merchant's capture does. Both ways lead back to the shop with PayPal's parameters.
#include "sandbox_state.hpp"

namespace florin::paypal {
namespace {

HttpResponse note(int status, const std::string& text) {
  return sandbox::page_answer(status, "<!doctype html><title>PayPal</title><p>" + text);
}

}  // namespace

HttpResponse approval(FarSide& far, const std::string& id) {
  Json& all = far.books.state()["orders"];
  const auto found = all.find(id);
  if (found == all.end()) return note(404, "No such order.");
  Json& record = *found;
  far.owner = text_at(record, "owner");
  far.account = text_at(record, "account");
  Json& order = record.at("object");
  const std::string status = text_at(order, "status");
  const bool waits = status == "PAYER_ACTION_REQUIRED" || status == "CREATED";
  const std::string back = text_at(record, "return_url");
  if (far.call.request.method != "POST") {
    if (!waits) return note(200, "This order no longer waits for you.");
    const Json& amount = unit_of(order).at("amount");
    return sandbox::page_answer(
        200, sandbox::approval_page(
                 "PayPal", text_at(amount, "value") + " " + text_at(amount, "currency_code"), far.account));
  }
  const std::string outcome = sandbox::value_of(parse_form(far.call.request.body), "outcome");
  if (waits && outcome == "approve") {
    order["status"] = "APPROVED";
    announce(far, far.owner, "CHECKOUT.ORDER.APPROVED", "checkout-order", order);
  }
  if (outcome != "approve") {
    const std::string cancel = text_at(record, "cancel_url").empty() ? back : text_at(record, "cancel_url");
    return cancel.empty() ? note(200, "Canceled. You may close this page.")
                          : sandbox::see_other(sandbox::with_parameter(cancel, "token", id));
  }
  if (back.empty()) return note(200, "Approved. You may close this page.");
  const std::string url = sandbox::with_parameter(back, "token", id);
  return sandbox::see_other(sandbox::with_parameter(url, "PayerID", "SANDBOXPAYER1"));
}

}  // namespace florin::paypal
