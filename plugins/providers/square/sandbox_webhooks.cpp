// Events from Square's far side, signed as Square signs: base64 of HMAC-SHA256 over the endpoint's address
// and the body.
#include <florin/crypto.hpp>

#include "sandbox_state.hpp"

namespace florin::square {

void announce(FarSide& far, const std::string& type, const std::string& kind, const Json& object) {
  const Json event = {{"merchant_id", "SANDBOX" + far.owner.substr(0, 6)},
                      {"location_id", object.at("location_id")},
                      {"type", type},
                      {"event_id", sandbox::new_id(far.books, "", far.call.now, 32)},
                      {"created_at", far.timestamp()},
                      {"data", {{"type", kind}, {"id", object.at("id")}, {"object", {{kind, object}}}}}};
  const std::string body = to_text(event);
  for (const SandboxAccount& each : far.call.accounts) {
    if (each.webhook_url.empty() ||
        to_hex(sha256(each.settings.secret("access_token").expose())) != far.owner)
      continue;
    const std::string key = each.settings.secret("webhook_signature_key").expose();
    if (key.empty()) continue;  // Square always signs: a subscription without a key does not exist.
    SandboxWebhook hook;
    hook.url = each.webhook_url;
    hook.headers.emplace("Content-Type", "application/json");
    hook.headers.emplace("x-square-hmacsha256-signature",
                         to_base64(hmac_sha256(key, each.webhook_url + body)));
    hook.body = body;
    far.webhooks.push_back(std::move(hook));
  }
}

}  // namespace florin::square
