// Events from Stripe's far side, signed as Stripe signs: v1 = HMAC-SHA256 over "timestamp.body".
#include <florin/crypto.hpp>

#include "sandbox_state.hpp"

namespace florin::stripe {

void announce(FarSide& far, const std::string& owner, const std::string& type, const Json& object) {
  const Json event = {
      {"id", sandbox::new_id(far.books, "evt_", far.call.now)},
      {"object", "event"},
      {"api_version", "2023-08-16"},
      {"created", far.seconds()},
      {"data", {{"object", object}}},
      {"livemode", false},
      {"pending_webhooks", 1},
      {"request", {{"id", nullptr}, {"idempotency_key", far.key.empty() ? Json() : Json(far.key)}}},
      {"type", type}};
  const std::string body = to_text(event);
  for (const SandboxAccount& each : far.call.accounts) {
    if (each.webhook_url.empty() || owner_of(each.settings.secret("secret_key").expose()) != owner) continue;
    const std::string secret = each.settings.secret("webhook_secret").expose();
    if (secret.empty()) continue;  // Stripe always signs: an endpoint without a secret does not exist.
    const std::string time = std::to_string(far.seconds());
    SandboxWebhook hook;
    hook.url = each.webhook_url;
    hook.headers.emplace("Content-Type", "application/json");
    hook.headers.emplace("Stripe-Signature",
                         "t=" + time + ",v1=" + to_hex(hmac_sha256(secret, time + "." + body)));
    hook.body = body;
    far.webhooks.push_back(std::move(hook));
  }
}

}  // namespace florin::stripe
