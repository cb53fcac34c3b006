// Adyen's far side: who is asking, which key came before, and which resource is meant. Written from the same
// API description as the plugin (Checkout v71), but of the other side and sharing no code with it.
#include <florin/crypto.hpp>
#include <florin/plugin.hpp>

#include "sandbox_state.hpp"
#include "settings_schema.hpp"

namespace florin::adyen {
namespace {

// "Idempotency keys are valid for a minimum period of 7 days": here they are for just that.
constexpr std::chrono::hours kKeysKept{7 * 24};

std::string header(const SandboxCall& call, std::string_view name) {
  const auto found = call.request.headers.find(name);
  return found == call.request.headers.end() ? "" : found->second;
}

HttpResponse list_methods() {
  const Json cards = {{"name", "Cards"},
                      {"type", "scheme"},
                      {"brands", Json::array({"visa", "mc", "amex", "discover", "jcb"})}};
  return sandbox::json_answer(200, {{"paymentMethods", Json::array({cards})}});
}

HttpResponse carry_out(FarSide& far, const sandbox::Target& target) {
  const auto& path = target.path;
  if (path.size() == 2 && path[1] == "paymentMethods") return list_methods();
  if (path.size() == 2 && path[1] == "payments") return make_payment(far);
  if (path.size() == 4 && path[1] == "payments" && path[3] == "refunds") return make_refund(far, path[2]);
  return service_error(far, 404, "000", "HTTP Status Response - Not Found", "validation");
}

// A key is one of the company account's, whatever the request: once one was processed under it, its answer is
// the answer. What never got as far (no credentials, no JSON) leaves the key unused.
HttpResponse carry_out_once(FarSide& far, const sandbox::Target& target) {
  if (far.key.empty()) return carry_out(far, target);
  const std::string scoped = far.owner + "/" + far.key;
  const sandbox::Replay replay = sandbox::recall(far.books, scoped, "", far.call.now, kKeysKept);
  HttpResponse response = replay.response;
  if (replay.is != sandbox::Replay::Is::kSame) {
    response = carry_out(far, target);
    if (response.status < 300 || response.status == 422)
      sandbox::remember(far.books, scoped, "", response, far.call.now);
  }
  response.headers["Idempotency-Key"] = far.key;
  return response;
}

// Fills in who is asking; false when the key is nobody's.
bool recognise(FarSide& far) {
  const std::string api_key = header(far.call, "X-API-Key");
  if (api_key.empty()) return false;
  far.owner = owner_of(api_key);
  far.account = "sandbox";
  if (far.call.accounts.empty()) return true;
  for (const SandboxAccount& each : far.call.accounts) {
    if (!equal_in_constant_time(each.settings.secret("api_key").expose(), api_key)) continue;
    far.account = each.name;
    far.merchant_account = each.settings.text("merchant_account");
    return true;
  }
  return false;
}

class AdyenSandbox final : public Sandbox {
 public:
  SandboxReply handle(const SandboxCall& call, Books& books) override {
    FarSide far{call, books, "", "", "", header(call, "Idempotency-Key"), Json::object(), {}};
    SandboxReply reply;
    reply.response = answer(far);
    reply.webhooks = std::move(far.webhooks);
    return reply;
  }

 private:
  static HttpResponse answer(FarSide& far) {
    const sandbox::Target target = sandbox::parse_target(far.call.request.path);
    const bool known =
        far.call.request.method == "POST" && target.path.size() >= 2 && target.path[0] == "v71";
    if (!known) return service_error(far, 404, "000", "HTTP Status Response - Not Found", "validation");
    if (!recognise(far))
      return service_error(far, 401, "000", "HTTP Status Response - Unauthorized", "security");
    const Result<Json> body = parse_json(far.call.request.body);
    if (!body || !body->is_object()) return service_error(far, 400, "702", "Unexpected input");
    far.body = *body;
    const std::string asked = far.field("merchantAccount");
    if (asked.empty() || (!far.merchant_account.empty() && asked != far.merchant_account))
      return service_error(far, 403, "901", "Invalid Merchant Account", "security");
    return carry_out_once(far, target);
  }
};

const Descriptor kSandboxDescriptor{
    .kind = PluginKind::kSandbox,
    .name = "adyen",
    .version = "1.0.0",
    .title = "Adyen's far side",
    .capabilities = {},
    .hosts = {},
    .settings_schema = kSettingsSchema,
};

// Adyen's counts as the books', in ISO minor units. Written from Adyen's table once more.
Money booked(std::int64_t count, std::string_view code) {
  const Currency currency = Currency::of(code);  // Looked at when the payment was made.
  if (code == "CLP" || code == "ISK") return {count / 100, currency};
  if (code == "CVE" || code == "IDR") return {count * 100, currency};
  return {count, currency};
}

}  // namespace

std::string owner_of(const std::string& api_key) { return to_hex(sha256(api_key)); }

// Sixteen capital letters and digits.
std::string new_psp_reference(FarSide& far) {
  std::string reference = sandbox::new_id(far.books, "", far.call.now, 16);
  for (char& c : reference)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return reference;
}

Json* FarSide::payment(const std::string& psp_reference) {
  Json& all = books.state()["payments"];
  const auto found = all.find(psp_reference);
  return found == all.end() || text_at(*found, "owner") != owner ? nullptr : &*found;
}

void FarSide::enter(BookEntry::Kind kind, const std::string& reference, const std::string& operation,
                    const Json& amount) {
  const Money money = booked(integer_at(amount, "value").value_or(0), text_at(amount, "currency"));
  books.enter({kind, account, reference, operation, key, field("reference"), money, call.now});
}

HttpResponse service_error(FarSide& far, int status, std::string_view code, std::string_view message,
                           std::string_view type) {
  Json error = {{"status", status}, {"errorCode", code}, {"message", message}, {"errorType", type}};
  if (status == 422) error["pspReference"] = new_psp_reference(far);
  return sandbox::json_answer(status, error);
}

BadAmount wrong_with(const Json& amount) {
  const auto value = integer_at(amount, "value");
  const auto currency = Currency::parse(text_at(amount, "currency"));
  if (!currency || currency->code() != text_at(amount, "currency"))
    return {"138", "Unsupported currency specified"};
  const bool countable = value && *value > 0 && *value <= 1'000'000'000'000;
  if (!countable) return {"137", "Invalid amount specified"};
  return {};
}

}  // namespace florin::adyen

FLORIN_SANDBOX(florin::adyen::AdyenSandbox, florin::adyen::kSandboxDescriptor)
