// AES-256-GCM by OpenSSL's EVP interface.
#include "kernel/platform/crypto/aes_gcm.hpp"

#include <memory>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <florin/check.hpp>

namespace florin::aes_gcm {
namespace {

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

const unsigned char* in(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* out(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
int length(std::string_view bytes) { return static_cast<int>(bytes.size()); }

Context start(std::string_view key, std::string_view nonce, bool sealing) {
  FLORIN_CHECK(key.size() == kKeyBytes && nonce.size() == kNonceBytes,
               "AES-256-GCM has one size of key and nonce");
  Context context(EVP_CIPHER_CTX_new());
  FLORIN_CHECK(
      EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, in(key), in(nonce), sealing ? 1 : 0) == 1,
      "OpenSSL has AES-256-GCM");
  return context;
}

}  // namespace

std::string seal(std::string_view key, std::string_view nonce, std::string_view text,
                 std::string_view associated) {
  const Context context = start(key, nonce, true);
  std::string sealed(text.size() + kTagBytes, '\0');
  int written = 0;
  const bool done =
      EVP_EncryptUpdate(context.get(), nullptr, &written, in(associated), length(associated)) == 1 &&
      EVP_EncryptUpdate(context.get(), out(sealed), &written, in(text), length(text)) == 1 &&
      EVP_EncryptFinal_ex(context.get(), out(sealed) + text.size(), &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, out(sealed) + text.size()) == 1;
  FLORIN_CHECK(done, "encrypting has no input that it refuses");
  return sealed;
}

std::optional<std::string> open(std::string_view key, std::string_view nonce, std::string_view sealed,
                                std::string_view associated) {
  if (sealed.size() < kTagBytes) return std::nullopt;
  const Context context = start(key, nonce, false);
  const std::string_view hidden = sealed.substr(0, sealed.size() - kTagBytes);
  std::string tag(sealed.substr(hidden.size()));
  std::string text(hidden.size(), '\0');
  int written = 0;
  const bool genuine =
      EVP_DecryptUpdate(context.get(), nullptr, &written, in(associated), length(associated)) == 1 &&
      EVP_DecryptUpdate(context.get(), out(text), &written, in(hidden), length(hidden)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, out(tag)) == 1 &&
      EVP_DecryptFinal_ex(context.get(), out(text) + text.size(), &written) == 1;
  ERR_clear_error();
  if (genuine) return text;
  // Decrypted before it was found to be forged: nobody may see it.
  OPENSSL_cleanse(text.data(), text.size());
  return std::nullopt;
}

}  // namespace florin::aes_gcm
