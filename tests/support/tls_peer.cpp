// OpenSSL used directly: P-256 keys, X.509 by hand, blocking sockets.
#include "tests/support/tls_peer.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace florin::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using Certificate = std::unique_ptr<X509, void (*)(X509*)>;

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  if (extension == nullptr) throw std::runtime_error("no such certificate extension: " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// `issuer` null: it signs itself.
Certificate make_certificate(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
                             const CertificateWish& wish, bool authority) {
  static std::atomic<long> serial{1};
  Certificate made(X509_new(), X509_free);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), wish.valid_from_s);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), wish.valid_until_s);
  X509_set_pubkey(made.get(), key);
  X509_NAME* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509* by = issuer != nullptr ? issuer : made.get();
  X509_set_issuer_name(made.get(), X509_get_subject_name(by));
  extend(made.get(), by, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!authority) extend(made.get(), by, NID_subject_alt_name, wish.subject_alternative_name);
  X509_sign(made.get(), issuer != nullptr ? issuer_key : key, EVP_sha256());
  return made;
}

class OpenSslServer final : public TestAuthority::Server {
 public:
  OpenSslServer(X509* certificate, EVP_PKEY* key, bool only_tls11)
      : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free), ssl_(nullptr, SSL_free) {
    SSL_CTX_use_certificate(context_.get(), certificate);
    SSL_CTX_use_PrivateKey(context_.get(), key);
    if (only_tls11) {
      SSL_CTX_set_security_level(context_.get(), 0);
      SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
      SSL_CTX_set_max_proto_version(context_.get(), TLS1_1_VERSION);
    }
    ssl_.reset(SSL_new(context_.get()));
  }
  bool greet(RawPeer& peer) override {
    SSL_set_fd(ssl_.get(), peer.descriptor());
    return SSL_accept(ssl_.get()) == 1;
  }
  std::string read_line() override {
    std::string line;
    char c = 0;
    while (SSL_read(ssl_.get(), &c, 1) == 1) {
      line += c;
      if (c == '\n') return line;
    }
    return "";
  }
  std::string read_request() override {
    std::string request;
    for (std::string line = read_line(); !line.empty() && line != "\r\n"; line = read_line()) request += line;
    return request;
  }
  bool say(std::string_view bytes) override {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
           static_cast<int>(bytes.size());
  }
  void say_goodbye() override { SSL_shutdown(ssl_.get()); }
  std::string asked_name() const override {
    const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
  }

 private:
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
};

}  // namespace

struct TestAuthority::State {
  Key key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  Certificate root{nullptr, X509_free};
  std::string file;
};

TestAuthority::TestAuthority() : state_(std::make_unique<State>()) {
  state_->root = make_certificate("Florin test authority", state_->key.get(), nullptr, nullptr, {}, true);
  std::string name = "/tmp/florin-test-root-XXXXXX";
  const int descriptor = ::mkstemp(name.data());
  FILE* file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "w");
  if (file == nullptr) throw std::runtime_error("no temporary file for the test authority's root");
  PEM_write_X509(file, state_->root.get());
  std::fclose(file);
  state_->file = name;
}

TestAuthority::~TestAuthority() { ::unlink(state_->file.c_str()); }

const std::string& TestAuthority::root_file() const { return state_->file; }

std::unique_ptr<TestAuthority::Server> TestAuthority::server(const CertificateWish& wish,
                                                             bool only_tls11) const {
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  X509* issuer = wish.self_signed ? nullptr : state_->root.get();
  const Certificate leaf = make_certificate("far side", key.get(), issuer, state_->key.get(), wish, false);
  return std::make_unique<OpenSslServer>(leaf.get(), key.get(), only_tls11);
}

}  // namespace florin::test
