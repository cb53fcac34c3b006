// Adyen's operations, one exchange each. A payment or refund in doubt is asked about under its own key: Adyen
// repeats its first answer for at least seven days, and has no other way to say what became of a request.
#include "provider.hpp"

#include <florin/plugin.hpp>

#include "currencies.hpp"
#include "settings_schema.hpp"

namespace florin::adyen {
namespace {

constexpr std::chrono::hours kKeysKept{7 * 24};
// An hour is left for clocks that differ: past it, asking again could be a new request.
constexpr std::chrono::hours kKeyHolds = kKeysKept - std::chrono::hours(1);

bool key_is_too_old(const LookupRequest& request) { return request.now - request.started >= kKeyHolds; }
InDoubt too_old(const LookupRequest& request) {
  return InDoubt{
      "Adyen's key is too old: look for the reference " + request.attempt_id + " in its Customer Area", ""};
}

}  // namespace

AdyenProvider::AdyenProvider(const Settings& settings)
    : config_{settings.secret("api_key"), settings.text("merchant_account"), settings.secret("hmac_key")} {}

Task<AuthorizeResult> AdyenProvider::authorize(const AuthorizeRequest& request, Http& http) {
  const Result<HttpRequest> ask = pay(request, config_);
  if (!ask) co_return ask.error();
  const Result<HttpResponse> answer = co_await http.send(*ask);
  co_return paid(read(answer), request.attempt_id, request.amount);
}

Task<ModifyResult> AdyenProvider::refund(const RefundRequest& request, Http& http) {
  const RefundOrder order{request.attempt_id, request.reference, request.amount};
  const Result<HttpRequest> ask = give_back(order, config_);
  if (!ask) co_return ask.error();
  const Result<HttpResponse> answer = co_await http.send(*ask);
  co_return given_back(read(answer), order);
}

Task<Result<AuthorizationLookup>> AdyenProvider::lookup(const LookupRequest& request, Http& http) {
  if (key_is_too_old(request)) co_return AuthorizationLookup(too_old(request));
  const Result<HttpRequest> ask = ask_again(request, config_);
  if (!ask) co_return ask.error();
  const Result<HttpResponse> answer = co_await http.send(*ask);
  co_return asked_again(read(answer), request);
}

// Law 2's look-up where there is no other: the same refund, byte for byte, under the same key. One that never
// arrived is carried out by it, once.
Task<Result<ModificationLookup>> AdyenProvider::lookup_modification(const LookupRequest& request,
                                                                    Http& http) {
  if (request.of != LookupRequest::Of::kRefund)
    co_return Error{Error::Kind::kInvalid, "Florin neither captures nor voids at Adyen", "", ""};
  if (key_is_too_old(request)) co_return ModificationLookup(too_old(request));
  const RefundOrder order{request.attempt_id, request.reference, request.amount};
  const Result<HttpRequest> ask = give_back(order, config_);
  if (!ask) co_return ask.error();
  const Result<HttpResponse> answer = co_await http.send(*ask);
  const ModifyResult outcome = given_back(read(answer), order);
  if (!outcome) co_return outcome.error();
  co_return std::visit([](const auto& each) -> ModificationLookup { return each; }, *outcome);
}

Task<Result<std::vector<ProviderEvent>>> AdyenProvider::parse_webhook(const WebhookRequest& request, Http&) {
  co_return read_notification(request.body, config_);
}

Task<Result<Done>> AdyenProvider::health(Instant, Http& http) {
  const HttpRequest ask = list_methods(config_);
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
    .name = "adyen",
    .version = "1.0.0",
    .title = "Adyen",
    .capabilities = {.methods = {"card"},
                     .currencies = currencies(),
                     .countries = {},
                     .card_input = {CardInput::kPan, CardInput::kNetworkToken},
                     // "Received" is all that Adyen answers to a capture or a cancel, and only a refund can
                     // be taken back when the webhook says no: the README tells what they wait for.
                     .manual_capture = false,
                     .partial_capture = false,
                     .multiple_captures = false,
                     .voids = false,
                     .refunds = true,
                     .partial_refunds = true,
                     .resumes = false,
                     .webhooks = true,
                     .health = true,
                     .idempotent_for = kKeysKept},
    .hosts = {{"api", "https://checkout-test.adyen.com", ""}},
    .settings_schema = kSettingsSchema,
    // Adyen's live addresses begin with a prefix of each merchant's own, which no descriptor can say.
    .test_mode_only = true,
};

}  // namespace
}  // namespace florin::adyen

FLORIN_PROVIDER(florin::adyen::AdyenProvider, florin::adyen::kDescriptor)
