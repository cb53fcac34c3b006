// Digests, HMAC, RS256 and constant-time equality by OpenSSL's EVP interface. Encodings: encoding.cpp.
#include <florin/crypto.hpp>

#include <array>
#include <memory>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <florin/check.hpp>

namespace florin {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;

Key read_key(std::string_view pem, bool is_private) {
  const std::unique_ptr<BIO, Free> source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // The empty passphrase keeps OpenSSL from asking for one at the terminal.
  char none[] = "";
  Key key(is_private ? PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, none)
                     : PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, none));
  ERR_clear_error();
  if (key && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) key.reset();
  return key;
}

}  // namespace

std::string sha256(std::string_view bytes) {
  // Fetched once: OpenSSL 3 looks the algorithm up anew in every SHA256(), which costs more than hashing a short text.
  static EVP_MD* const sha = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  const bool done = EVP_DigestInit_ex2(context.get(), sha, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1;
  FLORIN_CHECK(done, "SHA-256 has no input that it refuses");
  return digest;
}

namespace {
// Made once a thread, as for SHA-256.
EVP_MAC_CTX* new_hmac_sha256() {
  EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  EVP_MAC_CTX* const context = EVP_MAC_CTX_new(hmac);
  EVP_MAC_free(hmac);  // The context holds it.
  char name[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end()};
  FLORIN_CHECK(context != nullptr && EVP_MAC_CTX_set_params(context, parameters) == 1, "OpenSSL has HMAC-SHA-256");
  return context;
}
}  // namespace

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  thread_local const std::unique_ptr<EVP_MAC_CTX, Free> context(new_hmac_sha256());
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  std::size_t size = 0;
  // OpenSSL takes a null key for "the key of the call before"; an empty one is not null.
  const auto* start = key.data() ? bytes_of(key) : reinterpret_cast<const unsigned char*>("");
  const bool done = EVP_MAC_init(context.get(), start, key.size(), nullptr) == 1 &&
                    EVP_MAC_update(context.get(), bytes_of(bytes), bytes.size()) == 1 &&
                    EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(digest.data()), &size, digest.size()) == 1;
  FLORIN_CHECK(done, "HMAC-SHA-256 has no input that it refuses");
  return digest;
}

Result<std::string> rs256_sign(const Secret& private_key_pem, std::string_view bytes) {
  const Key key = read_key(private_key_pem.expose(), true);
  if (!key) return Error{Error::Kind::kInvalid, "not an RSA private key in PEM form", "invalid_key", ""};
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  std::size_t size = 0;
  std::string signature;
  const bool signed_it = EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                         EVP_DigestSign(context.get(), nullptr, &size, bytes_of(bytes), bytes.size()) == 1 &&
                         (signature.resize(size),
                          EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                         &size, bytes_of(bytes), bytes.size()) == 1);
  ERR_clear_error();
  if (!signed_it)
    return Error{Error::Kind::kInvalid, "this RSA key cannot sign with SHA-256", "invalid_key", ""};
  signature.resize(size);
  return signature;
}

bool rs256_verify(std::string_view public_key_pem, std::string_view bytes, std::string_view signature) {
  const Key key = read_key(public_key_pem, false);
  if (!key) return false;
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  const bool good = EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                    EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes),
                                     bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace florin
