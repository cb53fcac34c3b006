// PayPal's money-moving operations. The rule that all of them follow: an order and its approval move nothing
// and may fail as an Error; once the request that completes it has left, only PayPal's clear word counts.
#include "provider.hpp"

#include <florin/plugin.hpp>

#include "amounts.hpp"
#include "settings_schema.hpp"

namespace florin::paypal {
namespace {

// The order that was made, or why there is none. An order that nobody can approve or complete is nothing.
struct Made {
  Json order;
  std::optional<AuthorizeResult> failure;
};
Made made(const Reading& reading) {
  if (const auto* decline = std::get_if<Declined>(&reading))
    return {Json(), AuthorizeResult(Authorization(*decline))};
  if (const auto* refusal = std::get_if<Refused>(&reading)) return {Json(), AuthorizeResult(refusal->error)};
  if (const auto* json = std::get_if<Json>(&reading))
    if (!text_at(*json, "id").empty()) return {*json, std::nullopt};
  return {Json(), AuthorizeResult(
                      Error{Error::Kind::kUnreachable,
                            "PayPal gave no clear answer when asked to make the order, which moves no money",
                            "provider_unreachable", ""})};
}

// The answer to completing an order.
AuthorizeResult completed(const Reading& reading, const std::string& order, Money amount) {
  if (const auto* decline = std::get_if<Declined>(&reading)) return Authorization(*decline);
  if (const auto* refusal = std::get_if<Refused>(&reading)) return refusal->error;
  if (const auto* unclear = std::get_if<Unclear>(&reading))
    return Authorization(InDoubt{unclear->why, order});
  const auto outcome = outcome_of(std::get<Json>(reading), amount);
  if (!outcome) return Authorization(InDoubt{"PayPal shows no payment on the order it completed", order});
  if (const auto* doubt = std::get_if<InDoubt>(&*outcome)) return Authorization(InDoubt{doubt->why, order});
  return *outcome;
}

}  // namespace

PaypalProvider::PaypalProvider(const Settings& settings)
    : config_{settings.text("client_id"), settings.secret("client_secret"), settings.text("webhook_id"),
              settings.text("brand_name")} {}

Task<Result<Secret>> PaypalProvider::token(Instant now, Http& http) {
  const std::optional<Secret> held = tokens_.get(now);
  if (held) co_return *held;
  const HttpRequest question = token_request(config_);
  const Result<HttpResponse> answer = co_await http.send(question);
  const Result<Token> fresh = read_token(answer, now);
  if (!fresh) co_return fresh.error();
  tokens_.put(fresh->text, fresh->expires);
  co_return fresh->text;
}

Task<Reading> PaypalProvider::ask(const HttpRequest& request, Instant now, Http& http) {
  for (bool again = true;; again = false) {
    const Result<Secret> pass = co_await token(now, http);
    if (!pass) co_return Refused{pass.error(), ""};
    const HttpRequest authorized = with_token(request, *pass);
    const Result<HttpResponse> answer = co_await http.send(authorized);
    const bool token_refused = answer && answer->status == 401;
    if (token_refused) tokens_.drop(*pass);
    if (!token_refused || !again) co_return read(answer);
  }
}

Task<AuthorizeResult> PaypalProvider::authorize(const AuthorizeRequest& request, Http& http) {
  if (request.method.type == "paypal") co_return co_await authorize_wallet(request, http);
  if (const auto* card = std::get_if<Card>(&request.method.instrument))
    co_return co_await authorize_card(request, *card, http);
  co_return Error{Error::Kind::kInvalid, "PayPal takes its own wallet and card numbers only",
                  "method_not_supported", "payment_method"};
}

Task<AuthorizeResult> PaypalProvider::authorize_wallet(const AuthorizeRequest& request, Http& http) {
  const Result<HttpRequest> create = create_wallet_order(request, config_);
  if (!create) co_return create.error();
  const Reading reading = co_await ask(*create, request.now, http);
  const Made order = made(reading);
  if (order.failure) co_return *order.failure;
  RequiresAction next = payer_action(order.order);
  next.kind = RequiresAction::Kind::kRedirect;
  if (next.url.empty())
    co_return Error{Error::Kind::kBroken, "PayPal's order has no page for the payer; nothing was taken", "",
                    ""};
  co_return Authorization(std::move(next));
}

Task<AuthorizeResult> PaypalProvider::authorize_card(const AuthorizeRequest& request, const Card& card,
                                                     Http& http) {
  const CardOrder plan{request.attempt_id, request.payment_id, request.amount, request.capture};
  const Result<HttpRequest> create = create_card_order(plan);
  if (!create) co_return create.error();
  const Reading reading = co_await ask(*create, request.now, http);
  const Made order = made(reading);
  if (order.failure) co_return *order.failure;

  const std::string id = text_at(order.order, "id");
  const Json source = card_source(card, request);
  const HttpRequest complete = complete_order(id, request.capture, request.attempt_id + "-capture", source);
  const Reading answer = co_await ask(complete, request.now, http);
  co_return completed(answer, id, request.amount);
}

Task<AuthorizeResult> PaypalProvider::resume(const ResumeRequest& request, Http& http) {
  const HttpRequest show = show_order(request.reference);
  const Reading reading = co_await ask(show, request.now, http);
  const auto* order = std::get_if<Json>(&reading);
  // Not being able to ask says nothing about the money: an earlier completion may have gone through.
  if (order == nullptr) co_return Authorization(InDoubt{"PayPal did not show the order", request.reference});
  const auto outcome = outcome_of(*order, request.amount);
  if (outcome) co_return *outcome;
  if (status_of(*order) != "APPROVED") co_return Authorization(payer_action(*order));

  const Json nothing = Json::object();
  const HttpRequest complete =
      complete_order(request.reference, request.capture, request.attempt_id + "-resume", nothing);
  const Reading answer = co_await ask(complete, request.now, http);
  if (const auto* refusal = std::get_if<Refused>(&answer))
    if (refusal->issue == "PAYER_ACTION_REQUIRED" || refusal->issue == "ORDER_NOT_APPROVED")
      co_return Authorization(payer_action(*order));
  co_return completed(answer, request.reference, request.amount);
}

Task<ModifyResult> PaypalProvider::capture(const CaptureRequest& request, Http& http) {
  const HttpRequest show = show_order(request.reference);
  const Reading reading = co_await ask(show, request.now, http);
  const auto* order = std::get_if<Json>(&reading);
  const std::string authorization = order == nullptr ? "" : authorization_of(*order);
  if (authorization.empty())
    co_return Error{Error::Kind::kUnavailable, "PayPal shows no authorization to capture; nothing was taken",
                    "", ""};
  const Result<HttpRequest> take = capture_authorization(authorization, request);
  if (!take) co_return take.error();
  const Reading answer = co_await ask(*take, request.now, http);
  co_return captured(answer, request.amount);
}

Task<ModifyResult> PaypalProvider::void_payment(const VoidRequest& request, Http& http) {
  const HttpRequest show = show_order(request.reference);
  const Reading reading = co_await ask(show, request.now, http);
  const auto* order = std::get_if<Json>(&reading);
  if (order == nullptr)
    co_return Error{Error::Kind::kUnavailable, "PayPal did not show the order; nothing was voided", "", ""};
  const std::string authorization = authorization_of(*order);
  if (authorization.empty()) {
    // An order without a payment holds nothing: only we could complete it, and now never will.
    if (!outcome_of(*order, request.amount) || status_of(*order) == "PAYER_ACTION_REQUIRED" ||
        status_of(*order) == "VOIDED")
      co_return Modification(Accepted{request.reference, false, std::nullopt});
    co_return Modification(
        Declined{DeclineReason::kNotPermitted, status_of(*order), "it is captured already"});
  }
  const HttpRequest give_back = void_authorization(authorization, request.attempt_id);
  const Reading answer = co_await ask(give_back, request.now, http);
  co_return voided(answer, request.reference);
}

Task<ModifyResult> PaypalProvider::refund(const RefundRequest& request, Http& http) {
  const Result<HttpRequest> give_back = refund_capture(request);
  if (!give_back) co_return give_back.error();
  const Reading answer = co_await ask(*give_back, request.now, http);
  co_return refunded(answer, request.amount);
}

Task<Result<std::vector<ProviderEvent>>> PaypalProvider::parse_webhook(const WebhookRequest& request,
                                                                       Http& http) {
  const Result<HttpRequest> question = verify_webhook(request, config_);
  if (!question) co_return question.error();
  const Reading reading = co_await ask(*question, request.now, http);
  const Result<Done> genuine = read_verification(reading);
  if (!genuine) co_return genuine.error();
  const Result<ProviderEvent> event = read_event(request.body);
  if (!event) co_return event.error();
  co_return std::vector<ProviderEvent>(1, *event);
}

Task<Result<Done>> PaypalProvider::health(Instant now, Http& http) {
  // Always a fresh token: a held one would show nothing about the far side.
  const HttpRequest question = token_request(config_);
  const Result<HttpResponse> answer = co_await http.send(question);
  const Result<Token> fresh = read_token(answer, now);
  if (!fresh) co_return fresh.error();
  tokens_.put(fresh->text, fresh->expires);
  co_return Done{};
}

namespace {

const Descriptor kDescriptor{
    .kind = PluginKind::kProvider,
    .name = "paypal",
    .version = "1.0.0",
    .title = "PayPal",
    .capabilities = {.methods = {"paypal", "card"},
                     .currencies = currencies(),
                     .countries = {},
                     .card_input = {CardInput::kPan},
                     .manual_capture = true,
                     .partial_capture = true,
                     .multiple_captures = true,
                     .voids = true,
                     .refunds = true,
                     .partial_refunds = true,
                     .resumes = true,
                     .webhooks = true,
                     .health = true,
                     .idempotent_for = std::chrono::hours(6)},
    .hosts = {{"api", "https://api-m.paypal.com", "https://api-m.sandbox.paypal.com"}},
    .settings_schema = kSettingsSchema,
};

}  // namespace
}  // namespace florin::paypal

FLORIN_PROVIDER(florin::paypal::PaypalProvider, florin::paypal::kDescriptor)
