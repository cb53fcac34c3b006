// Stripe's webhooks through the provider: bytes that Stripe did not sign are denied whatever header they
// come with, bytes that it did sign are read or refused without harm, and one bit more or less denies them.
// Input: a Stripe-Signature header, a line end, the body.
#include <florin/crypto.hpp>

#include "plugins/providers/stripe/provider.hpp"
#include "tests/fuzz/support/answering_http.hpp"
#include "tests/fuzz/support/fuzz.hpp"
#include "tests/fuzz/support/webhook_checks.hpp"

namespace florin {
namespace {

constexpr std::string_view kSecret = "whsec_fuzz";
const Instant kNow{std::chrono::seconds(1'700'000'000)};

Result<std::vector<ProviderEvent>> parse(const std::string& signature, const std::string& body) {
  static stripe::StripeProvider provider(Settings(
      Json::object(), {{"secret_key", Secret("sk_test_1")}, {"webhook_secret", Secret(std::string(kSecret))}}));
  WebhookRequest request{{{"Stripe-Signature", signature}}, body, "https://shop.example/webhooks", kNow};
  fuzz::AnsweringHttp nobody;
  return provider.parse_webhook(request, nobody).run();
}

std::string signed_at(Instant when, const std::string& body) {
  const std::string time = std::to_string(std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count());
  return "t=" + time + ",v1=" + to_hex(hmac_sha256(kSecret, time + "." + body));
}

bool denied(const Result<std::vector<ProviderEvent>>& events) {
  return !events && events.error().kind == Error::Kind::kDenied;
}

}  // namespace

void fuzz_one(std::string_view input) {
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string header(input.substr(0, line));
  std::string body(input.substr(std::min(line + 1, input.size())));
  FLORIN_CHECK(denied(parse(header, body)), "nobody else can sign");

  const std::string signature = signed_at(kNow, body);
  const auto events = parse(signature, body);
  FLORIN_CHECK(events || events.error().kind == Error::Kind::kInvalid, "what Stripe signed is not denied");
  FLORIN_CHECK(denied(parse(signed_at(kNow - std::chrono::minutes(6), body), body)), "what is stale is denied");
  FLORIN_CHECK(denied(parse(signed_at(kNow + std::chrono::minutes(6), body), body)), "as is what is to come");
  if (events) {
    FLORIN_CHECK(events->size() == 1, "a delivery is one event");
    fuzz::is_event(events->front());
    // Other signatures beside the good one, as while a secret is rolled, change nothing.
    const auto rolled = parse("v0=x,v1=" + std::string(64, '0') + "," + signature, body);
    FLORIN_CHECK(rolled && fuzz::same(rolled->front(), events->front()), "one good signature is enough");
  }
  if (body.empty()) return;
  fuzz::Choices choices(input);
  body[choices.up_to(body.size() - 1)] ^= static_cast<char>(1 << choices.up_to(7));
  FLORIN_CHECK(denied(parse(signature, body)), "a changed bit is denied");
}

}  // namespace florin
