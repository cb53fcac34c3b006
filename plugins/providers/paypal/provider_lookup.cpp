// What became of an operation in doubt, by reading the order: its captures, authorization and refunds carry
// our attempt ids. PayPal cannot cancel an order, so that "nothing there" counts only when it has had the
// time to work on what we may have sent.
#include "provider.hpp"

namespace florin::paypal {
namespace {

// Our own time-out has passed before a look-up asks; what PayPal has not done in these seconds after the
// operation left, it will not do.
constexpr std::chrono::seconds kSettles{5};
// "The server stores keys for 6 hours."; a quarter is left for clocks that differ.
constexpr std::chrono::minutes kKeyHolds{345};

Error could_not_ask(const Reading& reading) {
  if (const auto* refusal = std::get_if<Refused>(&reading)) return refusal->error;
  if (const auto* unclear = std::get_if<Unclear>(&reading))
    return Error{Error::Kind::kTimedOut, unclear->why, "", ""};
  return Error{Error::Kind::kBroken, "PayPal answered a question with a refusal", "", ""};
}

template <class Lookup>
Lookup not_there(const LookupRequest& request, const std::string& reference) {
  if (request.now - request.started < kSettles) return InDoubt{"PayPal does not show it yet", reference};
  return NotFound{};
}

}  // namespace

// The order of a card attempt whose reference we do not know: by repeating its creation under the same key.
Task<Result<std::string>> PaypalProvider::find_card_order(const LookupRequest& request, Http& http) {
  const CardOrder plan{request.attempt_id, request.payment_id, request.amount, request.capture};
  const Result<HttpRequest> again = create_card_order(plan);
  if (!again) co_return again.error();
  const Reading reading = co_await ask(*again, request.now, http);
  const auto* order = std::get_if<Json>(&reading);
  if (order == nullptr) co_return could_not_ask(reading);
  co_return text_at(*order, "id");
}

Task<Result<AuthorizationLookup>> PaypalProvider::lookup(const LookupRequest& request, Http& http) {
  std::string reference = request.reference;
  // A wallet's order takes its payer's approval, for which nobody was ever sent to PayPal, and then our
  // capture, which needs the reference that we do not have.
  if (reference.empty() && request.method_type == "paypal") co_return AuthorizationLookup(NotFound{});
  if (reference.empty() && request.now - request.started >= kKeyHolds)
    co_return AuthorizationLookup(
        InDoubt{"PayPal's key is too old: look for the custom id in its activity report", ""});
  if (reference.empty()) {
    const Result<std::string> found = co_await find_card_order(request, http);
    if (!found) co_return found.error();
    reference = *found;
  }

  const HttpRequest show = show_order(reference);
  const Reading reading = co_await ask(show, request.now, http);
  const auto* order = std::get_if<Json>(&reading);
  if (order == nullptr) co_return could_not_ask(reading);
  const auto outcome = outcome_of(*order, request.amount);
  if (outcome) co_return std::visit([](const auto& each) -> AuthorizationLookup { return each; }, *outcome);
  // Approved and not completed: resume() completes it, under the one key that it always uses.
  if (status_of(*order) == "APPROVED") co_return AuthorizationLookup(payer_action(*order));
  co_return not_there<AuthorizationLookup>(request, reference);
}

Task<Result<ModificationLookup>> PaypalProvider::lookup_modification(const LookupRequest& request,
                                                                     Http& http) {
  const HttpRequest show = show_order(request.reference);
  const Reading reading = co_await ask(show, request.now, http);
  const auto* order = std::get_if<Json>(&reading);
  if (order == nullptr) co_return could_not_ask(reading);

  std::optional<Modification> found;
  if (request.of == LookupRequest::Of::kCapture) {
    const Json* capture = find_capture(*order, request.attempt_id);
    if (capture != nullptr) found = capture_outcome(*capture, request.amount);
  } else if (request.of == LookupRequest::Of::kRefund) {
    const Json* refund = find_refund(*order, request.attempt_id);
    if (refund != nullptr) found = refund_outcome(*refund, request.amount);
  } else if (text_at(*order, "purchase_units.0.payments.authorizations.0.status") == "VOIDED" ||
             status_of(*order) == "VOIDED") {
    found = Accepted{request.reference, false, std::nullopt};
  }
  if (found) co_return std::visit([](const auto& each) -> ModificationLookup { return each; }, *found);
  co_return not_there<ModificationLookup>(request, "");
}

}  // namespace florin::paypal
