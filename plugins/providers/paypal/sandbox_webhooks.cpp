// Events from PayPal's far side and the endpoint that vouches for them. What is signed is PayPal's string,
// "transmission id|time|webhook id|crc32 of the body"; the signature itself is opaque to everybody but
// PayPal, so here it is an HMAC under the app's id instead of an RSA signature under a certificate.
#include <florin/crypto.hpp>

#include "sandbox_state.hpp"

namespace florin::paypal {
namespace {

std::string signature_of(const std::string& owner, const std::string& id, const std::string& time,
                         const std::string& webhook, std::string_view body) {
  const std::string text = id + "|" + time + "|" + webhook + "|" + std::to_string(crc32(body));
  return "S" + to_base64url(hmac_sha256("paypal sandbox of " + owner, text));
}

}  // namespace

void announce(FarSide& far, const std::string& owner, const std::string& type,
              const std::string& resource_type, Json resource) {
  const Json event = {{"id", "WH-" + far.new_id()},
                      {"create_time", far.timestamp()},
                      {"event_type", type},
                      {"event_version", "1.0"},
                      {"resource_type", resource_type},
                      {"resource_version", "2.0"},
                      {"summary", type},
                      {"resource", std::move(resource)}};
  const std::string body = to_text(event), time = far.timestamp();
  for (const SandboxAccount& each : far.call.accounts) {
    const std::string webhook = each.settings.text("webhook_id");
    if (each.webhook_url.empty() || webhook.empty() || each.settings.text("client_id") != owner) continue;
    const std::string id = "t" + sandbox::new_id(far.books, "", far.call.now, 35);
    SandboxWebhook hook;
    hook.url = each.webhook_url;
    hook.headers = {{"Content-Type", "application/json"},
                    {"PAYPAL-TRANSMISSION-ID", id},
                    {"PAYPAL-TRANSMISSION-TIME", time},
                    {"PAYPAL-AUTH-ALGO", "SHA256withRSA"},
                    {"PAYPAL-CERT-URL", "https://api.paypal.com/v1/notifications/certs/CERT-sandbox"},
                    {"PAYPAL-TRANSMISSION-SIG", signature_of(owner, id, time, webhook, body)}};
    hook.body = body;
    far.webhooks.push_back(std::move(hook));
  }
}

HttpResponse verify_signature(FarSide& far) {
  const Json* event = find(far.body, "webhook_event");
  if (event == nullptr || !event->is_object())
    return say(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER", "A required field is missing.");
  // The bytes as they stand in the question, which ends with the event.
  const std::string& question = far.call.request.body;
  const std::string_view member = "\"webhook_event\":";
  const auto found = question.find(member);
  std::string_view bytes = question;
  if (found != std::string::npos) bytes.remove_prefix(found + member.size());
  bytes.remove_suffix(1);
  const std::string wanted =
      signature_of(far.owner, text_at(far.body, "transmission_id"), text_at(far.body, "transmission_time"),
                   text_at(far.body, "webhook_id"), bytes);
  const bool genuine = equal_in_constant_time(wanted, text_at(far.body, "transmission_sig"));
  return sandbox::json_answer(200, {{"verification_status", genuine ? "SUCCESS" : "FAILURE"}});
}

}  // namespace florin::paypal
