// Square's far side: who is asking, which key came before, and which endpoint is meant. Written from the same
// API description as the plugin (2025-08-20), but of the other side and sharing no wire code with it.
#include <florin/crypto.hpp>
#include <florin/plugin.hpp>

#include "sandbox_state.hpp"
#include "settings_schema.hpp"

namespace florin::square {
namespace {

// Square publishes no time; here a key is forgotten after a day, so that nobody builds on more.
constexpr std::chrono::hours kKeysKept{24};

HttpResponse show_location(const FarSide& far, const std::string& id) {
  if (!far.location.empty() && id != far.location) return missing("Location");
  return sandbox::json_answer(200, {{"location",
                                     {{"id", id},
                                      {"name", "Florin's sandbox"},
                                      {"status", "ACTIVE"},
                                      {"type", "PHYSICAL"},
                                      {"currency", far.currency},
                                      {"capabilities", Json::array({"CREDIT_CARD_PROCESSING"})},
                                      {"created_at", "2025-08-20T12:00:00Z"}}}});
}

HttpResponse show(FarSide& far, const std::string& kind, const std::string& name, const std::string& id) {
  const Json* record = far.find(kind, id);
  if (record == nullptr) return missing("Could not find " + name + " with id: " + id);
  return sandbox::json_answer(200, {{name, record->at("object")}});
}

HttpResponse get(FarSide& far, const sandbox::Target& target) {
  const auto& path = target.path;
  if (path.size() == 2 && (path[1] == "payments" || path[1] == "refunds")) return far.list(path[1], target);
  if (path.size() == 3 && path[1] == "payments") return show(far, "payments", "payment", path[2]);
  if (path.size() == 3 && path[1] == "refunds") return show(far, "refunds", "refund", path[2]);
  if (path.size() == 3 && path[1] == "locations") return show_location(far, path[2]);
  return missing("Resource");
}

HttpResponse act(FarSide& far, const sandbox::Target& target) {
  const auto& path = target.path;
  const bool posts = far.call.request.method == "POST";
  if (posts && path.size() == 2 && path[1] == "payments") return create_payment(far);
  if (posts && path.size() == 2 && path[1] == "refunds") return create_refund(far);
  if (posts && path.size() == 3 && path[1] == "payments" && path[2] == "cancel") return cancel_by_key(far);
  if (!posts && path.size() == 3 && path[1] == "payments") return update_payment(far, path[2]);
  if (posts && path.size() == 4 && path[1] == "payments" && path[3] == "complete")
    return complete_payment(far, path[2]);
  if (posts && path.size() == 4 && path[1] == "payments" && path[3] == "cancel")
    return cancel_payment(far, path[2]);
  return missing("Resource");
}

// An answer is kept once the request was carried out; one that was refused as malformed may be mended under
// the same key.
bool is_kept(const HttpResponse& response) {
  return response.status < 300 || response.body.find("PAYMENT_METHOD_ERROR") != std::string::npos;
}

HttpResponse act_once(FarSide& far, const sandbox::Target& target) {
  if (!far.call.request.body.empty()) {
    const Result<Json> body = parse_json(far.call.request.body);
    if (!body || !body->is_object())
      return say(
          {400, "INVALID_REQUEST_ERROR", "EXPECTED_JSON_BODY", "The request body is not a JSON object.", ""});
    far.body = *body;
  }
  const std::string used = far.key(), path = far.call.request.path;
  // Cancelling by key means the key of another request.
  if (used.empty() || path == "/v2/payments/cancel") return act(far, target);
  const std::string scoped = far.owner + path + "#" + used;
  const sandbox::Replay replay =
      sandbox::recall(far.books, scoped, far.call.request.body, far.call.now, kKeysKept);
  if (replay.is == sandbox::Replay::Is::kSame) return replay.response;
  if (replay.is == sandbox::Replay::Is::kOther)
    return say({400, "INVALID_REQUEST_ERROR", "IDEMPOTENCY_KEY_REUSED",
                "Different request parameters used for the same idempotency_key: " + used,
                "idempotency_key"});
  HttpResponse response = act(far, target);
  if (is_kept(response)) sandbox::remember(far.books, scoped, far.call.request.body, response, far.call.now);
  return response;
}

// Fills in who is asking; false when the token is nobody's.
bool recognise(FarSide& far) {
  const auto header = far.call.request.headers.find("Authorization");
  const std::string scheme = "Bearer ";
  if (header == far.call.request.headers.end() || header->second.rfind(scheme, 0) != 0) return false;
  const std::string token = header->second.substr(scheme.size());
  far.owner = to_hex(sha256(token));
  if (far.call.accounts.empty()) return !token.empty();
  for (const SandboxAccount& each : far.call.accounts) {
    if (!equal_in_constant_time(each.settings.secret("access_token").expose(), token)) continue;
    far.account = each.name;
    far.location = each.settings.text("location_id");
    far.currency = each.settings.text("currency");
    return true;
  }
  return false;
}

class SquareSandbox final : public Sandbox {
 public:
  SandboxReply handle(const SandboxCall& call, Books& books) override {
    FarSide far{call, books, "", "sandbox", "", "USD", Json(), {}};
    SandboxReply reply;
    reply.response = answer(far);
    reply.webhooks = std::move(far.webhooks);
    return reply;
  }

 private:
  static HttpResponse answer(FarSide& far) {
    const sandbox::Target target = sandbox::parse_target(far.call.request.path);
    if (target.path.empty() || target.path[0] != "v2") return missing("Resource");
    if (!recognise(far))
      return say({401, "AUTHENTICATION_ERROR", "UNAUTHORIZED", "This request could not be authorized.", ""});
    const std::string& method = far.call.request.method;
    if (method == "GET") return get(far, target);
    if (method == "POST" || method == "PUT") return act_once(far, target);
    return say({405, "INVALID_REQUEST_ERROR", "METHOD_NOT_ALLOWED", "Method Not Allowed", ""});
  }
};

const Descriptor kSandboxDescriptor{
    .kind = PluginKind::kSandbox,
    .name = "square",
    .version = "1.0.0",
    .title = "Square's far side",
    .capabilities = {},
    .hosts = {},
    .settings_schema = kSettingsSchema,
};

}  // namespace

Json to_json(const Problem& problem) {
  Json error = {{"category", problem.category}, {"code", problem.code}, {"detail", problem.detail}};
  if (!problem.field.empty()) error["field"] = problem.field;
  return error;
}

HttpResponse say(const Problem& problem, const Json& beside) {
  Json answer = beside;
  answer["errors"] = Json::array({to_json(problem)});
  return sandbox::json_answer(problem.status, answer);
}

HttpResponse missing(const std::string& what, const std::string& field) {
  return say({404, "INVALID_REQUEST_ERROR", "NOT_FOUND", what + " not found", field});
}

}  // namespace florin::square

FLORIN_SANDBOX(florin::square::SquareSandbox, florin::square::kSandboxDescriptor)
