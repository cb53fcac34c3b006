// What became of an operation in doubt. For an authorization the proof that nothing exists is made, not
// observed: the intent is cancelled, and from then on no confirm of ours that may still be under way can
// move money.
#include "provider.hpp"

namespace florin::stripe {
namespace {

// Stripe forgets a key after 24 hours; an hour is left for clocks that differ.
constexpr std::chrono::hours kKeyHolds{23};
// Before this age a capture, void or refund that is not there yet may still be on its way: our own time-out
// has passed, and Stripe's own work on one request with it.
constexpr std::chrono::seconds kSettles{5};

Error could_not_ask(const Reading& reading) {
  if (const auto* refusal = std::get_if<Refused>(&reading)) return refusal->error;
  if (const auto* unclear = std::get_if<Unclear>(&reading))
    return Error{Error::Kind::kTimedOut, unclear->why, "", ""};
  return Error{Error::Kind::kBroken, "Stripe answered a question with something else", "", ""};
}

AuthorizationLookup as_lookup(const Authorization& outcome) {
  return std::visit([](const auto& each) -> AuthorizationLookup { return each; }, outcome);
}
ModificationLookup as_lookup(const Modification& outcome) {
  return std::visit([](const auto& each) -> ModificationLookup { return each; }, outcome);
}

ModificationLookup not_there(const LookupRequest& request) {
  if (request.now - request.started < kSettles) return InDoubt{"Stripe does not show it yet", ""};
  return NotFound{};
}

}  // namespace

// The intent of an attempt whose reference we do not know: by repeating its creation under the same key, or,
// when the key is too old, by Stripe's search. Null: not found, which the search cannot prove.
Task<Result<Json>> StripeProvider::find_intent(const LookupRequest& request, Http& http) {
  if (request.now - request.started >= kKeyHolds) {
    const HttpRequest search = search_intent(request.attempt_id, config_);
    const Result<HttpResponse> answer = co_await http.send(search);
    const Reading reading = read(answer);
    const auto* page = std::get_if<Json>(&reading);
    if (page == nullptr) co_return could_not_ask(reading);
    const Json* first = find(*page, "data.0");
    if (first == nullptr) co_return Json();
    co_return *first;
  }
  const IntentOrder order{request.attempt_id, request.payment_id, request.amount, request.capture};
  const Result<HttpRequest> again = create_intent(order, config_);
  if (!again) co_return again.error();
  const Result<HttpResponse> answer = co_await http.send(*again);
  const Reading reading = read(answer);
  const auto* intent = std::get_if<Json>(&reading);
  if (intent == nullptr) co_return could_not_ask(reading);
  co_return *intent;
}

Task<Result<AuthorizationLookup>> StripeProvider::close_unconfirmed(const std::string& intent,
                                                                    const LookupRequest& request,
                                                                    Http& http) {
  const HttpRequest cancel = cancel_intent(intent, request.attempt_id + "-cancel", config_);
  const Result<HttpResponse> answer = co_await http.send(cancel);
  const Reading reading = read(answer);
  if (const auto* json = std::get_if<Json>(&reading))
    if (text_at(*json, "status") == "canceled") co_return AuthorizationLookup(NotFound{});
  co_return AuthorizationLookup(InDoubt{"Stripe did not cancel the unconfirmed intent", intent});
}

Task<Result<AuthorizationLookup>> StripeProvider::lookup(const LookupRequest& request, Http& http) {
  std::string reference = request.reference;
  if (reference.empty()) {
    const Result<Json> found = co_await find_intent(request, http);
    if (!found) co_return found.error();
    reference = reference_of(*found);
  }
  if (reference.empty())
    co_return AuthorizationLookup(InDoubt{
        "Stripe's key is too old and its search shows nothing: look for metadata attempt_id in its dashboard",
        ""});

  const HttpRequest ask = retrieve_intent(reference, config_);
  const Result<HttpResponse> answer = co_await http.send(ask);
  const Reading reading = read(answer);
  const auto* intent = std::get_if<Json>(&reading);
  if (intent == nullptr) co_return could_not_ask(reading);
  // Canceled holds nothing and never will: a confirm that comes late is refused.
  if (text_at(*intent, "status") == "canceled") co_return AuthorizationLookup(NotFound{});
  const auto outcome = outcome_of(*intent, request.amount);
  if (outcome) co_return as_lookup(*outcome);
  co_return co_await close_unconfirmed(reference, request, http);
}

Task<Result<ModificationLookup>> StripeProvider::lookup_refund(const LookupRequest& request, Http& http) {
  std::string after;
  for (;;) {
    const HttpRequest ask = list_refunds(request.reference, after, config_);
    const Result<HttpResponse> answer = co_await http.send(ask);
    const Reading reading = read(answer);
    const auto* page = std::get_if<Json>(&reading);
    if (page == nullptr) co_return could_not_ask(reading);
    const Json* data = find(*page, "data");
    if (data == nullptr || !data->is_array()) co_return could_not_ask(reading);
    if (const Json* refund = find_refund(*page, request.attempt_id))
      co_return as_lookup(refund_outcome(*refund, request.amount));
    const Json* more = find(*page, "has_more");
    if (more == nullptr || !more->is_boolean() || !more->get<bool>() || data->empty()) break;
    after = text_at(data->back(), "id");
  }
  co_return not_there(request);
}

Task<Result<ModificationLookup>> StripeProvider::lookup_modification(const LookupRequest& request,
                                                                     Http& http) {
  if (request.of == LookupRequest::Of::kRefund) co_return co_await lookup_refund(request, http);

  const HttpRequest ask = retrieve_intent(request.reference, config_);
  const Result<HttpResponse> answer = co_await http.send(ask);
  const Reading reading = read(answer);
  const auto* intent = std::get_if<Json>(&reading);
  if (intent == nullptr) co_return could_not_ask(reading);
  const std::string status = text_at(*intent, "status");
  if (request.of == LookupRequest::Of::kCapture && status == "succeeded") {
    const ModifyResult outcome = captured(reading, request.amount);
    if (!outcome) co_return outcome.error();
    co_return as_lookup(*outcome);
  }
  if (request.of == LookupRequest::Of::kVoid && status == "canceled")
    co_return ModificationLookup(Accepted{request.reference, false, std::nullopt});
  const bool known = status == "requires_payment_method" || status == "requires_confirmation" ||
                     status == "requires_action" || status == "requires_capture" || status == "canceled" ||
                     status == "succeeded";
  if (!known) co_return ModificationLookup(InDoubt{"Stripe's status is not one to judge by", ""});
  co_return not_there(request);
}

}  // namespace florin::stripe
