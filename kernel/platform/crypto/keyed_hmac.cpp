// OpenSSL's HMAC, begun anew with the key that it has.
#include "kernel/platform/crypto/keyed_hmac.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <florin/check.hpp>

namespace florin {

namespace {
constexpr std::size_t kBytes = 32;
}  // namespace

struct KeyedHmac::Context {
  EVP_MAC_CTX* raw = nullptr;
  ~Context() { EVP_MAC_CTX_free(raw); }
};

KeyedHmac::KeyedHmac(const Secret& key) : context_(std::make_unique<Context>()) {
  FLORIN_CHECK(!key.empty(), "an HMAC that is used again has a key");
  EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  context_->raw = EVP_MAC_CTX_new(hmac);
  EVP_MAC_free(hmac);  // The context holds it.
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  const auto* const bytes = reinterpret_cast<const unsigned char*>(key.expose().data());
  FLORIN_CHECK(context_->raw != nullptr && EVP_MAC_init(context_->raw, bytes, key.size(), parameters) == 1,
               "OpenSSL has HMAC-SHA-256");
}

KeyedHmac::~KeyedHmac() = default;

std::string KeyedHmac::of(std::string_view bytes) const {
  std::string code(kBytes, '\0');
  std::size_t size = 0;
  const std::lock_guard lock(mutex_);
  // No key: the one that it has.
  const bool done = EVP_MAC_init(context_->raw, nullptr, 0, nullptr) == 1 &&
                    EVP_MAC_update(context_->raw, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1 &&
                    EVP_MAC_final(context_->raw, reinterpret_cast<unsigned char*>(code.data()), &size, code.size()) == 1;
  FLORIN_CHECK(done, "HMAC-SHA-256 has no input that it refuses");
  return code;
}

}  // namespace florin
