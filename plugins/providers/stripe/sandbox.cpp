// Stripe's far side: who is asking, which key came before, and which page or method is meant. Written from
// the same API description as the plugin (2023-08-16), but of the other side and sharing no code with it.
#include <florin/crypto.hpp>
#include <florin/plugin.hpp>

#include "sandbox_state.hpp"
#include "settings_schema.hpp"

namespace florin::stripe {
namespace {

constexpr std::chrono::hours kKeysKept{24};

std::string header(const SandboxCall& call, std::string_view name) {
  const auto found = call.request.headers.find(name);
  return found == call.request.headers.end() ? "" : found->second;
}

HttpResponse unknown_url(const SandboxCall& call) {
  Problem problem;
  problem.status = 404;
  problem.message = "Unrecognized request URL (" + call.request.method + ": " + call.request.path + ").";
  return say(problem);
}

HttpResponse get(FarSide& far, const sandbox::Target& target) {
  const auto& path = target.path;
  far.form = target.query;
  if (path.size() == 2 && path[1] == "balance") {
    const Json none = Json::array({{{"amount", 0}, {"currency", "eur"}, {"source_types", Json::object()}}});
    return sandbox::json_answer(
        200, {{"object", "balance"}, {"available", none}, {"pending", none}, {"livemode", false}});
  }
  if (path.size() == 2 && path[1] == "refunds") return list_refunds(far, target);
  if (path.size() == 3 && path[1] == "payment_intents")
    return path[2] == "search" ? search_intents(far, target.parameter("query")) : show_intent(far, path[2]);
  return unknown_url(far.call);
}

HttpResponse post(FarSide& far, const sandbox::Target& target) {
  const auto& path = target.path;
  far.form = parse_form(far.call.request.body);
  if (path.size() == 2 && path[1] == "payment_methods") return create_method(far);
  if (path.size() == 2 && path[1] == "payment_intents") return create_intent(far);
  if (path.size() == 2 && path[1] == "refunds") return create_refund(far);
  if (path.size() == 4 && path[1] == "payment_intents" && path[3] == "confirm")
    return confirm_intent(far, path[2]);
  if (path.size() == 4 && path[1] == "payment_intents" && path[3] == "capture")
    return capture_intent(far, path[2]);
  if (path.size() == 4 && path[1] == "payment_intents" && path[3] == "cancel")
    return cancel_intent(far, path[2]);
  return unknown_url(far.call);
}

// Stripe keeps the answer once a request was carried out; a request that was refused as malformed may be
// mended under the same key.
bool is_kept(int status) { return status < 300 || status == 402; }

HttpResponse post_once(FarSide& far, const sandbox::Target& target) {
  const std::string scoped = far.owner + "/" + far.key;
  const std::string request = far.call.request.path + "\n" + far.call.request.body;
  if (far.key.empty()) return post(far, target);
  sandbox::Replay replay = sandbox::recall(far.books, scoped, request, far.call.now, kKeysKept);
  if (replay.is == sandbox::Replay::Is::kSame) {
    replay.response.headers.emplace("Idempotent-Replayed", "true");
    return replay.response;
  }
  if (replay.is == sandbox::Replay::Is::kOther) {
    Problem problem;
    problem.type = "idempotency_error";
    problem.message =
        "Keys for idempotent requests can only be used with the same parameters they were first used with.";
    return say(problem);
  }
  const HttpResponse response = post(far, target);
  if (is_kept(response.status)) sandbox::remember(far.books, scoped, request, response, far.call.now);
  return response;
}

// Fills in who is asking; false when the key is nobody's.
bool recognise(FarSide& far) {
  const std::string authorization = header(far.call, "Authorization");
  if (authorization.rfind("Bearer ", 0) != 0 || authorization.size() == 7) return false;
  const std::string api_key = authorization.substr(7);
  far.owner = owner_of(api_key);
  far.account = "sandbox";
  if (far.call.accounts.empty()) return true;
  for (const SandboxAccount& each : far.call.accounts) {
    if (!equal_in_constant_time(each.settings.secret("secret_key").expose(), api_key)) continue;
    far.account = each.name;
    return true;
  }
  return false;
}

class StripeSandbox final : public Sandbox {
 public:
  SandboxReply handle(const SandboxCall& call, Books& books) override {
    FarSide far{call, books, "", "", header(call, "Idempotency-Key"), {}, {}};
    SandboxReply reply;
    reply.response = answer(far);
    reply.response.headers.emplace("Request-Id", sandbox::new_id(books, "req_", call.now, 14));
    reply.webhooks = std::move(far.webhooks);
    return reply;
  }

 private:
  static HttpResponse answer(FarSide& far) {
    const sandbox::Target target = sandbox::parse_target(far.call.request.path);
    if (target.path.size() == 3 && target.path[0] == "pages" && target.path[1] == "3ds")
      return challenge_page(far, target.path[2]);
    if (target.path.empty() || target.path[0] != "v1") return unknown_url(far.call);
    if (!recognise(far)) {
      Problem problem;
      problem.status = 401;
      problem.message = "Invalid API Key provided.";
      return say(problem);
    }
    if (far.call.request.method == "GET") return get(far, target);
    if (far.call.request.method == "POST") return post_once(far, target);
    return unknown_url(far.call);
  }
};

const Descriptor kSandboxDescriptor{
    .kind = PluginKind::kSandbox,
    .name = "stripe",
    .version = "1.0.0",
    .title = "Stripe's far side",
    .capabilities = {},
    .hosts = {},
    .settings_schema = kSettingsSchema,
};

}  // namespace

std::string owner_of(const std::string& api_key) { return to_hex(sha256(api_key)); }

std::int64_t FarSide::seconds() const {
  return std::chrono::duration_cast<std::chrono::seconds>(call.now.time_since_epoch()).count();
}

Json* FarSide::find(std::string_view kind, const std::string& id) {
  Json& all = books.state()[std::string(kind)];
  const auto found = all.find(id);
  if (found == all.end() || text_at(*found, "owner") != owner) return nullptr;
  return &*found;
}

Json& FarSide::keep(std::string_view kind, Json object) {
  const std::string id = text_at(object, "id");
  Json& record = books.state()[std::string(kind)][id];
  record = {{"owner", owner}, {"account", account}, {"object", std::move(object)}};
  return record;
}

void FarSide::enter(BookEntry::Kind kind, const Json& intent, const std::string& operation,
                    const std::string& used_key, const std::string& attempt, std::int64_t count) {
  const Currency currency = Currency::of(text_at(intent, "currency"));  // Known since the intent was made.
  // The books speak of ISO minor units; Stripe's count differs in these.
  std::int64_t minor = count;
  if (currency.code() == "MGA") minor = count * 100;
  if (currency.code() == "ISK" || currency.code() == "UGX") minor = count / 100;
  books.enter(
      {kind, account, text_at(intent, "id"), operation, used_key, attempt, Money(minor, currency), call.now});
}

HttpResponse say(const Problem& problem) {
  Json error = {{"type", problem.type}, {"message", problem.message}};
  if (!problem.code.empty()) error["code"] = problem.code;
  if (!problem.param.empty()) error["param"] = problem.param;
  if (!problem.decline_code.empty()) error["decline_code"] = problem.decline_code;
  if (problem.intent.is_object()) error["payment_intent"] = problem.intent;
  return sandbox::json_answer(problem.status, {{"error", error}});
}

HttpResponse missing(std::string_view what, const std::string& id, const std::string& param) {
  Problem problem;
  problem.status = param.empty() ? 404 : 400;  // What the address names is not found; what a field names is wrong.
  problem.code = "resource_missing";
  problem.param = param;
  problem.message = "No such " + std::string(what) + ": '" + id + "'";
  return say(problem);
}

HttpResponse unexpected_state(const Json& intent, std::string_view doing) {
  Problem problem;
  problem.code = "payment_intent_unexpected_state";
  problem.message = "You cannot " + std::string(doing) + " this PaymentIntent because it has a status of " +
                    text_at(intent, "status") + ".";
  problem.intent = intent;
  return say(problem);
}

}  // namespace florin::stripe

FLORIN_SANDBOX(florin::stripe::StripeSandbox, florin::stripe::kSandboxDescriptor)
