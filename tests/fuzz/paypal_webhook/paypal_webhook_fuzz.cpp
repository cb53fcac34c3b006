// PayPal's webhooks through the provider: only PayPal's own yes lets an event through, the question shows
// PayPal the very bytes that came, and an answer of any other bytes is no yes. Input: the transmission time,
// the certificate's address and PayPal's answer, each on a line; then the body.
#include <array>

#include "plugins/providers/paypal/provider.hpp"
#include "tests/fuzz/support/answering_http.hpp"
#include "tests/fuzz/support/fuzz.hpp"
#include "tests/fuzz/support/webhook_checks.hpp"

namespace florin {
namespace {

const Instant kNow{std::chrono::seconds(1'700'000'000)};  // 2023-11-14T22:13:20Z
constexpr std::string_view kToken = R"({"access_token":"A21","expires_in":3600,"token_type":"Bearer"})";
constexpr std::string_view kYes = R"({"verification_status":"SUCCESS"})";

std::string line(std::string_view& input) {
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string first(input.substr(0, end));
  input.remove_prefix(std::min(end + 1, input.size()));
  return first;
}

struct Delivery {
  std::string time, certificate, body;
};

Result<std::vector<ProviderEvent>> parse(const Delivery& delivery, std::string_view answer, fuzz::AnsweringHttp& http) {
  static paypal::PaypalProvider provider(
      Settings(Json{{"client_id", "c"}, {"webhook_id", "WH-1"}}, {{"client_secret", Secret("s")}}));
  http.at("/v1/oauth2/token", 200, std::string(kToken));
  http.at("/v1/notifications/verify-webhook-signature", 200, std::string(answer));
  WebhookRequest request;
  request.headers = {{"PAYPAL-AUTH-ALGO", "SHA256withRSA"},
                     {"PAYPAL-CERT-URL", delivery.certificate},
                     {"PAYPAL-TRANSMISSION-ID", "t-1"},
                     {"PAYPAL-TRANSMISSION-SIG", "sig"},
                     {"PAYPAL-TRANSMISSION-TIME", delivery.time}};
  request.body = delivery.body;
  request.now = kNow;
  return provider.parse_webhook(request, http).run();
}

// The question is one JSON document that ends in the very bytes that came.
void asks_about(const HttpRequest& question, const Delivery& delivery) {
  FLORIN_CHECK(question.body.ends_with(",\"webhook_event\":" + delivery.body + "}"), "the event is shown as it came");
  const Result<Json> json = parse_json(question.body);
  FLORIN_CHECK(json && json->size() == 7, "the question is one document, with nothing of the event's own beside it");
  FLORIN_CHECK(json->at("webhook_event") == *parse_json(delivery.body), "and the event in it is the event");
  FLORIN_CHECK(text_at(*json, "webhook_id") == "WH-1", "about our own webhook");
}

void through_a_good_envelope(const std::string& answer, const std::string& body) {
  const Delivery good{"2023-11-14T22:13:00Z", "https://api.paypal.com/cert", body};
  fuzz::AnsweringHttp says_yes, says_that;
  const auto genuine = parse(good, kYes, says_yes);
  const auto doubtful = parse(good, answer, says_that);
  if (genuine) {
    FLORIN_CHECK(genuine->size() == 1, "a delivery is one event");
    fuzz::is_event(genuine->front());
  }
  const Result<Json> json = parse_json(answer);
  const bool yes = json && text_at(*json, "verification_status") == "SUCCESS";
  FLORIN_CHECK(yes || !doubtful, "nothing but PayPal's yes is one");
  FLORIN_CHECK(!yes || doubtful.has_value() == genuine.has_value(), "and its yes is enough");
  for (const HttpRequest& each : says_yes.sent)
    if (each.path.starts_with("/v1/notifications/")) asks_about(each, good);
}

}  // namespace

void fuzz_one(std::string_view input) {
  const std::string time = line(input), certificate = line(input), answer = line(input);
  const std::string body(input);
  fuzz::AnsweringHttp http;
  const auto events = parse({time, certificate, body}, kYes, http);
  if (events) {
    FLORIN_CHECK(certificate.starts_with("https://"), "a certificate is fetched safely");
    FLORIN_CHECK(time.size() >= 20 && time.starts_with("20"), "a time is a time");
    FLORIN_CHECK(time.find_first_not_of("0123456789-:.TZ") == std::string::npos, "and nothing else");
  } else {
    FLORIN_CHECK(events.error().kind == Error::Kind::kDenied || events.error().kind == Error::Kind::kInvalid,
                 "what is no event is refused");
  }
  through_a_good_envelope(answer, body);
}

}  // namespace florin
