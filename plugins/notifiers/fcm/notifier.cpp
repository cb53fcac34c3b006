// Two exchanges at most: one for an access token, which is kept for its hour, one for the message.
#include "plugins/notifiers/fcm/notifier.hpp"

#include <stdexcept>

#include <florin/plugin.hpp>

#include "settings_schema.hpp"

namespace florin::fcm {
namespace {

ServiceAccount account_from(const Settings& settings) {
  const Result<ServiceAccount> account = read_service_account(settings.secret("service_account"));
  if (!account) throw std::invalid_argument(account.error().message);
  return *account;
}

const Descriptor kDescriptor{
    .kind = PluginKind::kNotifier,
    .name = "fcm",
    .version = "1.0.0",
    .title = "Firebase Cloud Messaging",
    .capabilities = {},
    .hosts = {{"token", "https://oauth2.googleapis.com", ""}, {"fcm", "https://fcm.googleapis.com", ""}},
    .settings_schema = kSettingsSchema};
}  // namespace

FcmNotifier::FcmNotifier(const Settings& settings) : account_(account_from(settings)) {}

Task<Result<Secret>> FcmNotifier::access_token(Instant now, Http& http) {
  std::optional<Secret> kept = tokens_.get(now);
  if (kept) co_return std::move(*kept);
  const Result<HttpRequest> ask = token_request(account_, now);
  if (!ask) co_return ask.error();
  const Result<HttpResponse> answer = co_await http.send(*ask);
  if (!answer) co_return answer.error();
  const Result<Token> token = read_token(*answer, now);
  if (!token) co_return token.error();
  tokens_.put(token->text, token->expires);
  co_return token->text;
}

Task<Delivery> FcmNotifier::notify(const Notification& notification, Http& http, Mail&) {
  const Result<Secret> token = co_await access_token(notification.now, http);
  if (!token) {
    const bool for_good =
        token.error().kind == Error::Kind::kDenied || token.error().kind == Error::Kind::kInvalid;
    co_return Delivery{for_good ? Delivery::Outcome::kRefused : Delivery::Outcome::kTryLater,
                       token.error().message, Duration(0)};
  }
  const HttpRequest ask = message_request(account_, *token, notification);
  const Result<HttpResponse> answer = co_await http.send(ask);
  // Also when it may have arrived: the tag makes a second one replace the first.
  if (!answer) co_return Delivery{Delivery::Outcome::kTryLater, answer.error().message, Duration(0)};
  if (refuses_token(*answer)) tokens_.drop(*token);
  co_return read_delivery(*answer);
}

}  // namespace florin::fcm

FLORIN_NOTIFIER(florin::fcm::FcmNotifier, florin::fcm::kDescriptor)
