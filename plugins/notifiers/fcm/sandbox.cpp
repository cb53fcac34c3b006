// FCM's far side: the token endpoint, which verifies the assertion, and messages:send. A registration token
// that starts with "gone-" is unregistered, "bad-" is no token, "busy-" is told to come back later; every
// other one gets its message, which is kept in the books under "messages".
#include <florin/crypto.hpp>
#include <florin/plugin.hpp>
#include <florin/sandbox_kit.hpp>

#include "settings_schema.hpp"

namespace florin::fcm {
namespace {

std::int64_t seconds(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

Json service_account(const SandboxAccount& account) {
  const Result<Json> json = parse_json(account.settings.secret("service_account").expose());
  return json ? *json : Json::object();
}

HttpResponse no_grant(const std::string& why) {
  return sandbox::json_answer(400, {{"error", "invalid_grant"}, {"error_description", why}});
}

HttpResponse rpc_error(int status, const std::string& name, const std::string& message, Json details) {
  return sandbox::json_answer(
      status,
      {{"error",
        {{"code", status}, {"message", message}, {"status", name}, {"details", std::move(details)}}}});
}

Json fcm_error(const std::string& code) {
  return Json::array(
      {{{"@type", "type.googleapis.com/google.firebase.fcm.v1.FcmError"}, {"errorCode", code}}});
}

Json part_of(std::string_view text) {
  const Result<std::string> bytes = from_base64url(text);
  const Result<Json> json = bytes ? parse_json(*bytes) : Result<Json>(Json());
  return json ? *json : Json();
}

// Whether one of the accounts signed this. RSASSA-PKCS1-v1_5 gives one signature for one text, so the far
// side, which holds the same key file, signs too and compares.
bool is_signed(const SandboxCall& call, const std::string& issuer, std::string_view text,
               std::string_view signature) {
  if (call.accounts.empty()) return true;
  for (const SandboxAccount& each : call.accounts) {
    const Json account = service_account(each);
    if (text_at(account, "client_email") != issuer) continue;
    const Result<std::string> ours = rs256_sign(Secret(text_at(account, "private_key")), text);
    if (ours && equal_in_constant_time(to_base64url(*ours), signature)) return true;
  }
  return false;
}

HttpResponse grant_token(const SandboxCall& call, Books& books) {
  const auto form = parse_form(call.request.body);
  if (sandbox::value_of(form, "grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer")
    return sandbox::json_answer(
        400, {{"error", "unsupported_grant_type"}, {"error_description", "Invalid grant_type."}});
  const std::string assertion = sandbox::value_of(form, "assertion");
  const std::size_t first = assertion.find('.'), last = assertion.rfind('.');
  if (first == std::string::npos || first == last) return no_grant("Bad Request: not a JWT.");
  const Json header = part_of(std::string_view(assertion).substr(0, first));
  const Json claims = part_of(std::string_view(assertion).substr(first + 1, last - first - 1));
  const std::int64_t now = seconds(call.now);
  const std::int64_t issued = integer_at(claims, "iat").value_or(0),
                     expires = integer_at(claims, "exp").value_or(0);
  if (text_at(header, "alg") != "RS256") return no_grant("Invalid JWT: alg must be RS256.");
  if (text_at(claims, "aud") != "https://oauth2.googleapis.com/token")
    return no_grant("Invalid JWT: audience.");
  if (text_at(claims, "scope") != "https://www.googleapis.com/auth/firebase.messaging")
    return sandbox::json_answer(400,
                                {{"error", "invalid_scope"}, {"error_description", "Invalid OAuth scope."}});
  // Google allows clocks to be five minutes apart.
  if (issued > now + 300 || expires <= now - 300 || expires <= issued || expires - issued > 3600)
    return no_grant(
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.");
  if (!is_signed(call, text_at(claims, "iss"), std::string_view(assertion).substr(0, last),
                 std::string_view(assertion).substr(last + 1)))
    return no_grant("Invalid JWT Signature.");
  const std::string token = sandbox::new_id(books, "ya29.sandbox", call.now);
  books.state()["access_tokens"][token] = now + 3599;
  return sandbox::json_answer(200, {{"access_token", token}, {"expires_in", 3599}, {"token_type", "Bearer"}});
}

bool is_known_token(const SandboxCall& call, const Books& books) {
  const auto header = call.request.headers.find("Authorization");
  if (header == call.request.headers.end() || !header->second.starts_with("Bearer ")) return false;
  const Json* tokens = find(books.state(), "access_tokens");
  // Not by path: a token has dots.
  const auto token = tokens == nullptr ? Json::const_iterator() : tokens->find(header->second.substr(7));
  return tokens != nullptr && token != tokens->end() && token->get<std::int64_t>() > seconds(call.now);
}

bool is_project(const SandboxCall& call, const std::string& project) {
  for (const SandboxAccount& each : call.accounts)
    if (text_at(service_account(each), "project_id") == project) return true;
  return call.accounts.empty();
}

HttpResponse take_message(const SandboxCall& call, Books& books, const std::string& project) {
  if (!is_known_token(call, books))
    return rpc_error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.",
                     Json::array());
  if (!is_project(call, project))
    return rpc_error(403, "PERMISSION_DENIED", "Permission denied on resource project.", Json::array());
  const Result<Json> body = parse_json(call.request.body);
  const std::string token = body ? text_at(*body, "message.token") : std::string();
  if (token.empty() || token.starts_with("bad-"))
    return rpc_error(400, "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token",
                     fcm_error("INVALID_ARGUMENT"));
  if (call.request.body.size() > 4096)
    return rpc_error(400, "INVALID_ARGUMENT", "Message is too big", fcm_error("INVALID_ARGUMENT"));
  if (token.starts_with("gone-"))
    return rpc_error(404, "NOT_FOUND", "Requested entity was not found.", fcm_error("UNREGISTERED"));
  if (token.starts_with("busy-")) {
    HttpResponse later =
        rpc_error(503, "UNAVAILABLE", "The service is currently unavailable.", fcm_error("UNAVAILABLE"));
    later.headers["Retry-After"] = "30";
    return later;
  }
  const std::string name = "projects/" + project + "/messages/" + sandbox::new_id(books, "0:", call.now, 16);
  books.state()["messages"].push_back({{"name", name}, {"message", *find(*body, "message")}});
  return sandbox::json_answer(200, {{"name", name}});
}

class FcmSandbox final : public Sandbox {
 public:
  SandboxReply handle(const SandboxCall& call, Books& books) override {
    SandboxReply reply;
    reply.response = answer(call, books);
    return reply;
  }

 private:
  static HttpResponse answer(const SandboxCall& call, Books& books) {
    const auto path = sandbox::parse_target(call.request.path).path;
    const bool posts = call.request.method == "POST";
    if (posts && path == std::vector<std::string>{"token"}) return grant_token(call, books);
    if (posts && path.size() == 4 && path[0] == "v1" && path[1] == "projects" && path[3] == "messages:send")
      return take_message(call, books, path[2]);
    return rpc_error(404, "NOT_FOUND", "The requested URL was not found on this server.", Json::array());
  }
};

const Descriptor kSandboxDescriptor{.kind = PluginKind::kSandbox,
                                    .name = "fcm",
                                    .version = "1.0.0",
                                    .title = "Firebase Cloud Messaging, simulated",
                                    .capabilities = {},
                                    .hosts = {},
                                    .settings_schema = kSettingsSchema};
}  // namespace
}  // namespace florin::fcm

FLORIN_SANDBOX(florin::fcm::FcmSandbox, florin::fcm::kSandboxDescriptor)
