// The way to an access token: service account, signed assertion (RFC 7519, RS256), Google's answer.
#include <florin/crypto.hpp>
#include <florin/json.hpp>

#include "plugins/notifiers/fcm/wire.hpp"

namespace florin::fcm {
namespace {

constexpr std::string_view kAudience = "https://oauth2.googleapis.com/token";
constexpr std::string_view kScope = "https://www.googleapis.com/auth/firebase.messaging";

std::int64_t seconds(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

Error missing(const std::string& what) {
  return Error{Error::Kind::kInvalid, "service_account: " + what, "invalid_service_account",
               "service_account"};
}

}  // namespace

Result<ServiceAccount> read_service_account(const Secret& json) {
  const Result<Json> file = parse_json(json.expose());
  if (!file) return missing("the key file is expected whole, as the JSON that Google gave");
  ServiceAccount account{text_at(*file, "project_id"), text_at(*file, "client_email"),
                         text_at(*file, "private_key_id"), Secret(text_at(*file, "private_key"))};
  if (text_at(*file, "type") != "service_account") return missing("\"type\" is not service_account");
  if (account.project_id.empty()) return missing("\"project_id\" is missing");
  if (account.client_email.empty()) return missing("\"client_email\" is missing");
  const Result<std::string> signature = rs256_sign(account.private_key, "");
  if (!signature) return missing("\"private_key\": " + signature.error().message);
  return account;
}

Result<HttpRequest> token_request(const ServiceAccount& account, Instant now) {
  const Json header = {{"alg", "RS256"}, {"typ", "JWT"}, {"kid", account.key_id}};
  const Json claims = {{"iss", account.client_email},
                       {"scope", kScope},
                       {"aud", kAudience},
                       {"iat", seconds(now)},
                       {"exp", seconds(now) + 3600}};
  const std::string signed_part = to_base64url(to_text(header)) + "." + to_base64url(to_text(claims));
  FLORIN_TRY(signature, rs256_sign(account.private_key, signed_part));
  HttpRequest request;
  request.method = "POST";
  request.host = "token";
  request.path = "/token";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = Form()
                     .add("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                     .add("assertion", signed_part + "." + to_base64url(signature))
                     .text();
  request.repeatable = true;
  return request;
}

Result<Token> read_token(const HttpResponse& response, Instant now) {
  const Result<Json> json = parse_json(response.body);
  if (response.status == 200 && json) {
    const std::string text = text_at(*json, "access_token");
    const std::optional<std::int64_t> lifetime = integer_at(*json, "expires_in");
    if (!text.empty() && lifetime && *lifetime > 0 && *lifetime <= 86'400)
      return Token{Secret(text), now + std::chrono::seconds(*lifetime)};
  }
  if (response.status == 400 || response.status == 401 || response.status == 403) {
    // "invalid_grant" and the like (RFC 6749 section 5.2): words of Google's own, not of the request.
    const std::string why = json ? text_at(*json, "error").substr(0, 64) : std::string();
    return Error{Error::Kind::kDenied,
                 "Google refuses the service account (" + why + "); check that its key is still valid",
                 "invalid_service_account", ""};
  }
  return Error{Error::Kind::kUnavailable,
               "Google gave no access token (HTTP " + std::to_string(response.status) + ")", "", ""};
}

}  // namespace florin::fcm
