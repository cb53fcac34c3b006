// Signing as Standard Webhooks says (standard-webhooks.md, version 1.0.0, "Symmetric signatures"):
// v1,base64(HMAC-SHA256(secret, id "." timestamp "." body)), a secret being "whsec_" + base64 of its bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <florin/http.hpp>
#include <florin/secret.hpp>

#include "kernel/platform/random/random.hpp"

namespace florin {

Secret new_webhook_secret(Random& random);  // 32 bytes
// Whether it is "whsec_" and base64 of 24 to 64 bytes.
bool is_webhook_secret(std::string_view text);
// webhook-id, webhook-timestamp and webhook-signature; one signature a secret, blank between them.
Headers webhook_headers(const std::string& id, std::int64_t timestamp, std::string_view body,
                        const std::vector<Secret>& secrets);

}  // namespace florin
