// Stripe's money-moving operations. The rule that all of them follow: what cannot have moved money may be an
// Error; once the request that moves it has left, only Stripe's clear word is an answer.
#include "provider.hpp"

#include <florin/plugin.hpp>

#include "currencies.hpp"
#include "settings_schema.hpp"

namespace florin::stripe {
namespace {

// Exchanges (1) and (2) of authorize() move nothing, so that every way of failing is an Error or a decline.
struct Made {
  std::string id;
  std::optional<AuthorizeResult> failure;
};
Made made(const Reading& reading, const std::string& what) {
  if (const auto* decline = std::get_if<Declined>(&reading))
    return {"", AuthorizeResult(Authorization(*decline))};
  if (const auto* refusal = std::get_if<Refused>(&reading)) return {"", AuthorizeResult(refusal->error)};
  if (const auto* json = std::get_if<Json>(&reading)) {
    const std::string id = text_at(*json, "id");
    if (!id.empty()) return {id, std::nullopt};
  }
  return {"", AuthorizeResult(Error{
                  Error::Kind::kUnreachable,
                  "Stripe gave no clear answer when asked to make the " + what + ", which moves no money",
                  "provider_unreachable", ""})};
}

// What a confirmed intent, or the answer to confirming it, says.
AuthorizeResult settled(const Reading& reading, const std::string& intent, Money amount) {
  if (const auto* decline = std::get_if<Declined>(&reading)) return Authorization(*decline);
  if (const auto* refusal = std::get_if<Refused>(&reading)) {
    // "Unexpected state" may mean that a confirm of ours had arrived before.
    if (refusal->code == "payment_intent_unexpected_state")
      return Authorization(InDoubt{refusal->error.message, intent});
    return refusal->error;
  }
  if (const auto* unclear = std::get_if<Unclear>(&reading))
    return Authorization(InDoubt{unclear->why, intent});
  const auto outcome = outcome_of(std::get<Json>(reading), amount);
  if (!outcome) return Authorization(InDoubt{"Stripe shows the intent unconfirmed", intent});
  if (const auto* doubt = std::get_if<InDoubt>(&*outcome)) return Authorization(InDoubt{doubt->why, intent});
  return *outcome;
}

}  // namespace

StripeProvider::StripeProvider(const Settings& settings)
    : config_{settings.secret("secret_key"), settings.secret("webhook_secret")} {}

Task<AuthorizeResult> StripeProvider::authorize(const AuthorizeRequest& request, Http& http) {
  const IntentOrder order{request.attempt_id, request.payment_id, request.amount, request.capture};
  const Result<HttpRequest> create = create_intent(order, config_);
  if (!create) co_return create.error();

  std::string method = ready_payment_method(request.method);
  if (method.empty()) {
    const Result<HttpRequest> ask = create_payment_method(request, config_);
    if (!ask) co_return ask.error();
    const Result<HttpResponse> answer = co_await http.send(*ask);
    const Made made_method = made(read(answer), "payment method");
    if (made_method.failure) co_return *made_method.failure;
    method = made_method.id;
  }

  const Result<HttpResponse> created = co_await http.send(*create);
  const Made intent = made(read(created), "payment intent");
  if (intent.failure) co_return *intent.failure;

  const HttpRequest confirm = confirm_intent(request, intent.id, method, config_);
  const Result<HttpResponse> confirmed = co_await http.send(confirm);
  co_return settled(read(confirmed), intent.id, request.amount);
}

Task<AuthorizeResult> StripeProvider::resume(const ResumeRequest& request, Http& http) {
  const HttpRequest ask = retrieve_intent(request.reference, config_);
  const Result<HttpResponse> answer = co_await http.send(ask);
  const Reading reading = read(answer);
  // The payer may have paid by now: only Stripe's word about the intent counts, never a failure to ask.
  if (const auto* refusal = std::get_if<Refused>(&reading))
    co_return Authorization(InDoubt{refusal->error.message, request.reference});
  co_return settled(reading, request.reference, request.amount);
}

Task<ModifyResult> StripeProvider::capture(const CaptureRequest& request, Http& http) {
  const Result<HttpRequest> ask = capture_intent(request, config_);
  if (!ask) co_return ask.error();
  const Result<HttpResponse> answer = co_await http.send(*ask);
  co_return captured(read(answer), request.amount);
}

Task<ModifyResult> StripeProvider::void_payment(const VoidRequest& request, Http& http) {
  const HttpRequest ask = cancel_intent(request.reference, request.attempt_id, config_);
  const Result<HttpResponse> answer = co_await http.send(ask);
  co_return voided(read(answer));
}

Task<ModifyResult> StripeProvider::refund(const RefundRequest& request, Http& http) {
  const Result<HttpRequest> ask = create_refund(request, config_);
  if (!ask) co_return ask.error();
  const Result<HttpResponse> answer = co_await http.send(*ask);
  co_return refunded(read(answer), request.amount);
}

Task<Result<std::vector<ProviderEvent>>> StripeProvider::parse_webhook(const WebhookRequest& request, Http&) {
  const Result<Done> genuine = verify_signature(request, config_.webhook_secret);
  if (!genuine) co_return genuine.error();
  const Result<ProviderEvent> event = read_event(request.body);
  if (!event) co_return event.error();
  co_return std::vector<ProviderEvent>(1, *event);
}

Task<Result<Done>> StripeProvider::health(Instant, Http& http) {
  const HttpRequest ask = retrieve_balance(config_);
  const Result<HttpResponse> answer = co_await http.send(ask);
  const Reading reading = read(answer);
  if (const auto* refusal = std::get_if<Refused>(&reading)) co_return refusal->error;
  if (const auto* unclear = std::get_if<Unclear>(&reading))
    co_return Error{Error::Kind::kBroken, unclear->why, "", ""};
  co_return Done{};
}

namespace {

const Descriptor kDescriptor{
    .kind = PluginKind::kProvider,
    .name = "stripe",
    .version = "1.0.0",
    .title = "Stripe",
    .capabilities = {.methods = {"card"},
                     .currencies = currencies(),
                     .countries = {},
                     .card_input = {CardInput::kPan, CardInput::kProviderToken},
                     .manual_capture = true,
                     .partial_capture = true,
                     .multiple_captures = false,
                     .voids = true,
                     .refunds = true,
                     .partial_refunds = true,
                     .resumes = true,
                     .webhooks = true,
                     .health = true,
                     .idempotent_for = std::chrono::hours(24)},
    .hosts = {{"api", "https://api.stripe.com", ""}},
    .settings_schema = kSettingsSchema,
};

}  // namespace
}  // namespace florin::stripe

FLORIN_PROVIDER(florin::stripe::StripeProvider, florin::stripe::kDescriptor)
