// PayPal's far side: tokens, request ids, and which page or method is meant. Written from the same API
// descriptions as the plugin, but of the other side and sharing no code with it.
#include <florin/crypto.hpp>
#include <florin/plugin.hpp>

#include "sandbox_state.hpp"
#include "settings_schema.hpp"

namespace florin::paypal {
namespace {

constexpr std::chrono::hours kKeysKept{6};
constexpr std::chrono::seconds kTokenHolds{32'400};

std::string header(const SandboxCall& call, std::string_view name) {
  const auto found = call.request.headers.find(name);
  return found == call.request.headers.end() ? "" : found->second;
}

HttpResponse no_token(const std::string& error, const std::string& description) {
  return sandbox::json_answer(401, {{"error", error}, {"error_description", description}});
}

// The account behind credentials; nothing when they are nobody's.
std::optional<std::string> account_of(const SandboxCall& call, const std::string& id,
                                      const std::string& secret) {
  if (id.empty() || secret.empty()) return std::nullopt;
  if (call.accounts.empty()) return "sandbox";
  for (const SandboxAccount& each : call.accounts)
    if (each.settings.text("client_id") == id &&
        equal_in_constant_time(each.settings.secret("client_secret").expose(), secret))
      return each.name;
  return std::nullopt;
}

HttpResponse give_token(FarSide& far) {
  const std::string basic = header(far.call, "Authorization");
  const auto pair = from_base64(basic.rfind("Basic ", 0) == 0 ? basic.substr(6) : "");
  const auto colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return no_token("invalid_client", "Client Authentication failed");
  const std::string id = pair->substr(0, colon);
  const auto account = account_of(far.call, id, pair->substr(colon + 1));
  if (!account) return no_token("invalid_client", "Client Authentication failed");
  if (sandbox::value_of(parse_form(far.call.request.body), "grant_type") != "client_credentials")
    return sandbox::json_answer(400, {{"error", "unsupported_grant_type"}});
  const std::string token = sandbox::new_id(far.books, "A21AA", far.call.now, 60);
  const auto ends = (far.call.now + kTokenHolds).time_since_epoch().count();
  far.books.state()["tokens"][to_hex(sha256(token))] = {{"owner", id}, {"account", *account}, {"ends", ends}};
  return sandbox::json_answer(200, {{"access_token", token},
                                    {"token_type", "Bearer"},
                                    {"app_id", "APP-80W284485P519543T"},
                                    {"expires_in", kTokenHolds.count()},
                                    {"scope", "https://uri.paypal.com/services/payments/payment"}});
}

bool recognise(FarSide& far) {
  const std::string bearer = header(far.call, "Authorization");
  if (bearer.rfind("Bearer ", 0) != 0) return false;
  const Json& tokens = far.books.state()["tokens"];
  const auto found = tokens.find(to_hex(sha256(bearer.substr(7))));
  if (found == tokens.end()) return false;
  if (integer_at(*found, "ends").value_or(0) <= far.call.now.time_since_epoch().count()) return false;
  far.owner = text_at(*found, "owner");
  far.account = text_at(*found, "account");
  return true;
}

HttpResponse route(FarSide& far, const sandbox::Target& target) {
  const auto& path = target.path;
  const bool is_get = far.call.request.method == "GET", is_post = far.call.request.method == "POST";
  const std::size_t parts = path.size();
  const bool orders = parts >= 3 && path[0] == "v2" && path[1] == "checkout" && path[2] == "orders";
  const bool payments = parts == 5 && path[0] == "v2" && path[1] == "payments";
  if (orders && parts == 3 && is_post) return create_order(far);
  if (orders && parts == 4 && is_get) return show_order(far, path[3]);
  if (orders && parts == 5 && is_post && path[4] == "capture") return complete_order(far, path[3], true);
  if (orders && parts == 5 && is_post && path[4] == "authorize") return complete_order(far, path[3], false);
  if (payments && is_post && path[2] == "authorizations" && path[4] == "capture")
    return capture_authorization(far, path[3]);
  if (payments && is_post && path[2] == "authorizations" && path[4] == "void")
    return void_authorization(far, path[3]);
  if (payments && is_post && path[2] == "captures" && path[4] == "refund")
    return refund_capture(far, path[3]);
  if (parts == 3 && is_post && path[1] == "notifications" && path[2] == "verify-webhook-signature")
    return verify_signature(far);
  return not_found();
}

// A request id is answered from memory only when it did its work; an error may be mended and sent again.
HttpResponse route_once(FarSide& far, const sandbox::Target& target) {
  if (far.key.empty() || far.call.request.method != "POST") return route(far, target);
  const std::string scoped = far.owner + "/" + far.key;
  const std::string request = far.call.request.path + "\n" + far.call.request.body;
  const sandbox::Replay replay = sandbox::recall(far.books, scoped, request, far.call.now, kKeysKept);
  if (replay.is == sandbox::Replay::Is::kSame) return replay.response;
  if (replay.is == sandbox::Replay::Is::kOther)
    return unprocessable("DUPLICATE_REQUEST_ID",
                         "The value of PayPal-Request-Id header has already been used.");
  const HttpResponse response = route(far, target);
  if (response.status < 300) sandbox::remember(far.books, scoped, request, response, far.call.now);
  return response;
}

class PaypalSandbox final : public Sandbox {
 public:
  SandboxReply handle(const SandboxCall& call, Books& books) override {
    FarSide far{call, books, "", "", header(call, "PayPal-Request-Id"), Json::object(), {}};
    SandboxReply reply;
    reply.response = answer(far);
    reply.response.headers.emplace("Paypal-Debug-Id", sandbox::new_id(books, "", call.now, 13));
    reply.webhooks = std::move(far.webhooks);
    return reply;
  }

 private:
  static HttpResponse answer(FarSide& far) {
    const sandbox::Target target = sandbox::parse_target(far.call.request.path);
    if (target.path.size() == 1 && target.path[0] == "checkoutnow")
      return approval(far, target.parameter("token"));
    if (target.path == std::vector<std::string>{"v1", "oauth2", "token"}) return give_token(far);
    if (!recognise(far)) return no_token("invalid_token", "Token signature verification failed");
    if (!far.call.request.body.empty()) {
      const Result<Json> body = parse_json(far.call.request.body);
      if (!body || !body->is_object())
        return say(400, "INVALID_REQUEST", "MALFORMED_REQUEST_JSON", "The request JSON is not well formed.");
      far.body = *body;
    }
    return route_once(far, target);
  }
};

const Descriptor kSandboxDescriptor{
    .kind = PluginKind::kSandbox,
    .name = "paypal",
    .version = "1.0.0",
    .title = "PayPal's far side",
    .capabilities = {},
    .hosts = {},
    .settings_schema = kSettingsSchema,
};

}  // namespace
}  // namespace florin::paypal

FLORIN_SANDBOX(florin::paypal::PaypalSandbox, florin::paypal::kSandboxDescriptor)
