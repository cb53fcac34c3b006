// The page on which the cardholder passes or fails 3-D Secure. A browser or curl may POST its form; both are
// sent back to the merchant's return_url with Stripe's parameters.
#include "sandbox_state.hpp"

namespace florin::stripe {
namespace {

HttpResponse send_back(const Json& intent, const std::string& return_url) {
  const std::string status = text_at(intent, "status");
  const bool ok = status == "succeeded" || status == "requires_capture";
  if (return_url.empty())
    return sandbox::page_answer(200, "<!doctype html><title>Done</title><p>You may close this page.");
  std::string url = sandbox::with_parameter(return_url, "payment_intent", text_at(intent, "id"));
  url = sandbox::with_parameter(url, "payment_intent_client_secret", text_at(intent, "client_secret"));
  return sandbox::see_other(sandbox::with_parameter(url, "redirect_status", ok ? "succeeded" : "failed"));
}

}  // namespace

HttpResponse challenge_page(FarSide& far, const std::string& id) {
  Json& all = far.books.state()["intents"];
  const auto found = all.find(id);
  if (found == all.end())
    return sandbox::page_answer(404, "<!doctype html><title>Unknown</title><p>No such payment.");
  Json& record = *found;
  far.owner = text_at(record, "owner");
  far.account = text_at(record, "account");
  const Json& intent = record.at("object");
  const std::string return_url = text_at(record, "object.next_action.redirect_to_url.return_url");
  const bool waits = text_at(intent, "status") == "requires_action";
  if (far.call.request.method != "POST") {
    if (!waits)
      return sandbox::page_answer(
          200, "<!doctype html><title>Done</title><p>This payment no longer waits for you.");
    const std::string amount = intent.at("amount").dump() + " " + text_at(intent, "currency");
    return sandbox::page_answer(200,
                                sandbox::approval_page("3-D Secure", amount + " (minor units)", far.account));
  }
  if (waits && sandbox::value_of(parse_form(far.call.request.body), "outcome") == "approve")
    charge(far, record);
  else if (waits)
    decline(far, record, "authentication_failed");
  return send_back(intent, return_url);
}

}  // namespace florin::stripe
