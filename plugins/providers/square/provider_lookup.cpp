// What became of an operation in doubt. Square finds a payment or refund by no name of ours: its lists are
// gone through, and what they do not show is void by its idempotency key before it counts as nothing.
#include "provider.hpp"

namespace florin::square {
namespace {

// Lists lag "several seconds" behind; before this age what they do not show proves nothing.
constexpr std::chrono::seconds kListsSettle{20};
// A payment that is read by its name shows at once; this is for a request that is still on its way.
constexpr std::chrono::seconds kSettles{5};

Error could_not_ask(const Reading& reading) {
  if (const auto* refusal = std::get_if<Refused>(&reading)) return refusal->error;
  if (const auto* unclear = std::get_if<Unclear>(&reading))
    return Error{Error::Kind::kTimedOut, unclear->why, "", ""};
  return Error{Error::Kind::kBroken, "Square answered a question with something else", "", ""};
}

template <class Lookup, class Outcome>
Lookup as_lookup(const Outcome& outcome) {
  return std::visit([](const auto& each) -> Lookup { return each; }, outcome);
}

ModificationLookup not_there(const LookupRequest& request, std::chrono::seconds settles) {
  if (request.now - request.started < settles) return InDoubt{"Square does not show it yet", ""};
  return NotFound{};
}

AuthorizationLookup found(const Json& payment, Money amount) {
  // Holds nothing and never will.
  if (text_at(payment, "status") == "CANCELED") return NotFound{};
  return as_lookup<AuthorizationLookup>(outcome_of(payment, amount));
}

const Json* pick_payment(const Json& page, const LookupRequest& request) {
  return find_payment(page, request.attempt_id);
}
const Json* pick_refund(const Json& page, const LookupRequest& request) {
  return find_refund(page, request.reference, request.attempt_id);
}

}  // namespace

Task<Result<Json>> SquareProvider::search(Ask ask, Pick pick, const LookupRequest& request, Http& http) {
  std::string cursor;
  do {
    const HttpRequest question = ask(request, cursor, config_);
    const Result<HttpResponse> answer = co_await http.send(question);
    const Reading reading = read(answer);
    const auto* page = std::get_if<Json>(&reading);
    if (page == nullptr) co_return could_not_ask(reading);
    if (const Json* one = pick(*page, request)) co_return *one;
    cursor = text_at(*page, "cursor");
  } while (!cursor.empty());
  co_return Json();
}

Task<Result<AuthorizationLookup>> SquareProvider::lookup_by_attempt(const LookupRequest& request,
                                                                    Http& http) {
  const Result<Json> payment = co_await search(&list_payments, &pick_payment, request, http);
  if (!payment) co_return payment.error();
  if (!payment->is_null()) co_return found(*payment, request.amount);
  if (request.now - request.started < kListsSettle)
    co_return AuthorizationLookup(InDoubt{"Square's list does not show it yet", ""});

  const HttpRequest cancel = cancel_by_key(request.attempt_id, config_);
  const Result<HttpResponse> answer = co_await http.send(cancel);
  const Reading reading = read(answer);
  if (std::holds_alternative<Json>(reading)) co_return AuthorizationLookup(NotFound{});
  const auto* refusal = std::get_if<Refused>(&reading);
  // What Square refuses to cancel is there, and taken.
  if (refusal != nullptr && refusal->error.kind == Error::Kind::kInvalid)
    co_return AuthorizationLookup(
        InDoubt{"Square's list does not show it, and Square does not cancel it: look for reference " +
                    request.attempt_id + " in its dashboard",
                ""});
  co_return could_not_ask(reading);
}

Task<Result<AuthorizationLookup>> SquareProvider::lookup(const LookupRequest& request, Http& http) {
  if (request.reference.empty()) co_return co_await lookup_by_attempt(request, http);
  const Reading reading = co_await show(request.reference, http);
  const auto* json = std::get_if<Json>(&reading);
  const Json* payment = json == nullptr ? nullptr : payment_in(*json);
  if (payment == nullptr) co_return could_not_ask(reading);
  co_return found(*payment, request.amount);
}

Task<Result<ModificationLookup>> SquareProvider::lookup_refund(const LookupRequest& request, Http& http) {
  if (request.operation_reference.empty()) {
    const Result<Json> refund = co_await search(&list_refunds, &pick_refund, request, http);
    if (!refund) co_return refund.error();
    if (refund->is_null()) co_return not_there(request, kListsSettle);
    co_return as_lookup<ModificationLookup>(refund_outcome(*refund, request.amount));
  }
  const HttpRequest ask = retrieve_refund(request.operation_reference, config_);
  const Result<HttpResponse> answer = co_await http.send(ask);
  const Reading reading = read(answer);
  const auto* json = std::get_if<Json>(&reading);
  const Json* refund = json == nullptr ? nullptr : find(*json, "refund");
  if (refund == nullptr) co_return could_not_ask(reading);
  co_return as_lookup<ModificationLookup>(refund_outcome(*refund, request.amount));
}

Task<Result<ModificationLookup>> SquareProvider::lookup_modification(const LookupRequest& request,
                                                                     Http& http) {
  if (request.of == LookupRequest::Of::kRefund) co_return co_await lookup_refund(request, http);
  const Reading reading = co_await show(request.reference, http);
  const auto* json = std::get_if<Json>(&reading);
  const Json* payment = json == nullptr ? nullptr : payment_in(*json);
  if (payment == nullptr) co_return could_not_ask(reading);
  const bool is_capture = request.of == LookupRequest::Of::kCapture;
  std::optional<Modification> outcome = void_outcome(*payment, request.amount);
  if (is_capture) outcome = capture_outcome(*payment, request.amount);
  if (!outcome) co_return not_there(request, kSettles);
  co_return as_lookup<ModificationLookup>(*outcome);
}

}  // namespace florin::square
