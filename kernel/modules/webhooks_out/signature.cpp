// HMAC over exactly the bytes that are sent.
#include "kernel/modules/webhooks_out/signature.hpp"

#include <florin/crypto.hpp>

namespace florin {

namespace {
constexpr std::string_view kPrefix = "whsec_";

std::string key_of(const Secret& secret) {
  const auto bytes = from_base64(std::string_view(secret.expose()).substr(kPrefix.size()));
  return bytes ? *bytes : std::string();
}
}  // namespace

Secret new_webhook_secret(Random& random) { return Secret(std::string(kPrefix) + to_base64(random.bytes(32))); }

bool is_webhook_secret(std::string_view text) {
  if (!text.starts_with(kPrefix)) return false;
  const auto bytes = from_base64(text.substr(kPrefix.size()));
  return bytes && bytes->size() >= 24 && bytes->size() <= 64;
}

Headers webhook_headers(const std::string& id, std::int64_t timestamp, std::string_view body,
                        const std::vector<Secret>& secrets) {
  const std::string time = std::to_string(timestamp);
  std::string signed_text = id + "." + time + ".";
  signed_text += body;
  std::string signatures;
  for (const Secret& secret : secrets)
    signatures += (signatures.empty() ? "v1," : " v1,") + to_base64(hmac_sha256(key_of(secret), signed_text));
  return Headers{{"webhook-id", id}, {"webhook-timestamp", time}, {"webhook-signature", signatures}};
}

}  // namespace florin
