// Square's money-moving operations. The rule that all of them follow: what cannot have moved money may be an
// Error; once the request that moves it has left, only Square's clear word is an answer.
#include "provider.hpp"

#include <algorithm>

#include <florin/plugin.hpp>

#include "amounts.hpp"
#include "settings_schema.hpp"

namespace florin::square {
namespace {

bool refuses_for_its_state(const Reading& reading) {
  const auto* refusal = std::get_if<Refused>(&reading);
  return std::holds_alternative<Declined>(reading) ||
         (refusal != nullptr && !refusal->code.empty() && refusal->error.kind == Error::Kind::kInvalid);
}

ModifyResult failed(const Reading& reading) {
  if (const auto* refusal = std::get_if<Refused>(&reading)) return refusal->error;
  if (const auto* decline = std::get_if<Declined>(&reading)) return Modification(*decline);
  if (const auto* unclear = std::get_if<Unclear>(&reading)) return Modification(InDoubt{unclear->why, ""});
  return Modification(InDoubt{"Square's answer is no payment", ""});
}

// Why a request that moves no money has brought nothing: always safe to give up on.
ModifyResult nothing_moved(const Reading& reading, const std::string& doing) {
  if (!std::holds_alternative<Unclear>(reading) && !std::holds_alternative<Json>(reading))
    return failed(reading);
  return Error{Error::Kind::kUnavailable,
               "Square gave no clear answer when asked to " + doing + "; nothing was taken",
               "provider_unreachable", ""};
}

ModifyResult declined_here(DeclineReason reason, const std::string& code, const std::string& message) {
  return Modification(Declined{reason, code, message});
}

bool can_be_lowered(const Json& payment) {
  const Json* can = find(payment, "capabilities");
  return can != nullptr && can->is_array() &&
         std::find(can->begin(), can->end(), "EDIT_AMOUNT_DOWN") != can->end();
}

}  // namespace

SquareProvider::SquareProvider(const Settings& settings)
    : config_{settings.secret("access_token"), settings.text("location_id"), settings.text("currency"),
              settings.secret("webhook_signature_key")} {}

Task<Reading> SquareProvider::show(std::string payment, Http& http) {
  const HttpRequest ask = retrieve_payment(payment, config_);
  const Result<HttpResponse> answer = co_await http.send(ask);
  co_return read(answer);
}

Task<AuthorizeResult> SquareProvider::authorize(const AuthorizeRequest& request, Http& http) {
  const Result<HttpRequest> ask = create_payment(request, config_);
  if (!ask) co_return ask.error();
  const Result<HttpResponse> answer = co_await http.send(*ask);
  const Reading reading = read(answer);
  if (const auto* decline = std::get_if<Declined>(&reading)) co_return Authorization(*decline);
  if (const auto* refusal = std::get_if<Refused>(&reading)) co_return refusal->error;
  if (const auto* unclear = std::get_if<Unclear>(&reading))
    co_return Authorization(InDoubt{unclear->why, ""});
  const Json* payment = payment_in(std::get<Json>(reading));
  if (payment == nullptr) co_return Authorization(InDoubt{"Square's answer is no payment", ""});
  co_return outcome_of(*payment, request.amount);
}

// Completing names no amount, so what is held is looked at first, and lowered when less is to be taken.
Task<ModifyResult> SquareProvider::capture(const CaptureRequest& request, Http& http) {
  const Reading shown = co_await show(request.reference, http);
  const auto* page = std::get_if<Json>(&shown);
  const Json* held = page == nullptr ? nullptr : payment_in(*page);
  if (held == nullptr) co_return nothing_moved(shown, "show the payment");
  const std::optional<Modification> settled = capture_outcome(*held, request.amount);
  if (settled) co_return *settled;
  const std::optional<Money> amount = total_of(*held);
  if (!amount || amount->currency() != request.amount.currency() || *amount < request.amount)
    co_return declined_here(DeclineReason::kAmountInvalid, "AMOUNT_TOO_HIGH",
                            "Square holds less than is to be captured");
  if (request.amount < *amount) {
    if (!can_be_lowered(*held))
      co_return declined_here(DeclineReason::kNotPermitted, "EDIT_AMOUNT_DOWN",
                              "Square captures this payment whole or not at all");
    const HttpRequest lower = lower_amount(request, config_);
    const Result<HttpResponse> lowered = co_await http.send(lower);
    const Reading reading = read(lowered);
    const auto* changed = std::get_if<Json>(&reading);
    const Json* smaller = changed == nullptr ? nullptr : payment_in(*changed);
    if (smaller == nullptr || total_of(*smaller) != request.amount)
      co_return nothing_moved(reading, "lower the amount");
  }

  const HttpRequest complete = complete_payment(request.reference, config_);
  co_return co_await change(complete, request.reference, &capture_outcome, request.amount, http);
}

Task<ModifyResult> SquareProvider::void_payment(const VoidRequest& request, Http& http) {
  const HttpRequest cancel = cancel_payment(request.reference, config_);
  co_return co_await change(cancel, request.reference, &void_outcome, request.amount, http);
}

// Completing and cancelling have no idempotency key, so that a refusal may be about a request of ours that
// came before: then the payment itself says what is true.
Task<ModifyResult> SquareProvider::change(HttpRequest act, std::string reference, Judge judge, Money amount,
                                          Http& http) {
  const Result<HttpResponse> answer = co_await http.send(act);
  const Reading said = read(answer);
  const bool is_refusal = refuses_for_its_state(said);
  Reading shown = said;
  if (is_refusal) shown = co_await show(reference, http);
  const auto* json = std::get_if<Json>(&shown);
  const Json* payment = json == nullptr ? nullptr : payment_in(*json);
  if (payment == nullptr && is_refusal)
    co_return Modification(InDoubt{"Square refused, and then did not show the payment", ""});
  if (payment == nullptr) co_return failed(said);
  const std::optional<Modification> outcome = judge(*payment, amount);
  if (outcome) co_return *outcome;
  if (is_refusal) co_return failed(said);
  co_return Modification(InDoubt{"Square said yes, but still only holds the payment", ""});
}

Task<ModifyResult> SquareProvider::refund(const RefundRequest& request, Http& http) {
  const HttpRequest ask = create_refund(request, config_);
  const Result<HttpResponse> answer = co_await http.send(ask);
  const Reading reading = read(answer);
  const auto* json = std::get_if<Json>(&reading);
  const Json* refund = json == nullptr ? nullptr : find(*json, "refund");
  if (refund == nullptr) co_return failed(reading);
  co_return refund_outcome(*refund, request.amount);
}

Task<Result<std::vector<ProviderEvent>>> SquareProvider::parse_webhook(const WebhookRequest& request, Http&) {
  const Result<Done> genuine = verify_signature(request, config_.webhook_signature_key);
  if (!genuine) co_return genuine.error();
  const Result<ProviderEvent> event = read_event(request.body, request.now, config_);
  if (!event) co_return event.error();
  co_return std::vector<ProviderEvent>(1, *event);
}

Task<Result<Done>> SquareProvider::health(Instant, Http& http) {
  const HttpRequest ask = retrieve_location(config_);
  const Result<HttpResponse> answer = co_await http.send(ask);
  const Reading reading = read(answer);
  if (const auto* refusal = std::get_if<Refused>(&reading)) co_return refusal->error;
  const auto* json = std::get_if<Json>(&reading);
  if (json == nullptr)
    co_return Error{Error::Kind::kBroken, "Square gave no clear answer about its location", "", ""};
  co_return usable(*json, config_);
}

namespace {

const Descriptor kDescriptor{
    .kind = PluginKind::kProvider,
    .name = "square",
    .version = "1.0.0",
    .title = "Square",
    .capabilities = {.methods = {"card"},
                     .currencies = currencies(),
                     .countries = {},
                     .card_input = {CardInput::kProviderToken},
                     .manual_capture = true,
                     .partial_capture = true,
                     .multiple_captures = false,
                     .voids = true,
                     .refunds = true,
                     .partial_refunds = true,
                     .resumes = false,
                     .webhooks = true,
                     .health = true,
                     // Square keeps keys and publishes no time for it, so that none is promised here.
                     .idempotent_for = std::chrono::hours(0)},
    .hosts = {{"api", "https://connect.squareup.com", "https://connect.squareupsandbox.com"}},
    .settings_schema = kSettingsSchema,
};

}  // namespace
}  // namespace florin::square

FLORIN_PROVIDER(florin::square::SquareProvider, florin::square::kDescriptor)
