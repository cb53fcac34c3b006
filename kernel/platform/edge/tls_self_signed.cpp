// The demo's certificate. Browsers warn of it, as they should: it is for a laptop, on request.
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "kernel/platform/edge/tls.hpp"
#include "kernel/platform/random/random.hpp"

namespace florin {
namespace {

// A demo that is started today is not to end in the middle of a day next week.
constexpr std::chrono::hours kRenewBefore{30 * 24};

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

bool add_extension(X509* certificate, int kind, const char* value) {
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::time_t seconds_of(Instant when) {
  return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

// Whether the pair is there, belongs together and will last for a while.
bool still_good(const CertificateFiles& files, Instant now) {
  const Owned<BIO> certificate_file(BIO_new_file(files.certificate.c_str(), "r")),
      key_file(BIO_new_file(files.key.c_str(), "r"));
  if (certificate_file == nullptr || key_file == nullptr) return false;
  const Owned<X509> certificate(PEM_read_bio_X509(certificate_file.get(), nullptr, nullptr, nullptr));
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(key_file.get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr || key == nullptr) return false;
  std::time_t begun = seconds_of(now), lasting = seconds_of(now + kRenewBefore);
  return X509_check_private_key(certificate.get(), key.get()) == 1 &&
         X509_cmp_time(X509_get0_notBefore(certificate.get()), &begun) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate.get()), &lasting) > 0;
}

// Null when OpenSSL cannot.
Owned<X509> sign_for_localhost(EVP_PKEY* key, Instant now) {
  Owned<X509> certificate(X509_new());
  if (certificate == nullptr) return nullptr;
  X509* raw = certificate.get();
  const std::time_t start = seconds_of(now);
  X509_NAME* name = X509_get_subject_name(raw);
  static constexpr char kName[] = "localhost";
  const bool made =
      X509_set_version(raw, X509_VERSION_3) == 1 &&
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(raw), system_random().below(INT64_MAX) + 1) == 1 &&
      ASN1_TIME_set(X509_getm_notBefore(raw), start - 3600) != nullptr &&
      ASN1_TIME_set(X509_getm_notAfter(raw), start + 365 * 24 * 3600) != nullptr &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(kName), -1,
                                 -1, 0) == 1 &&
      X509_set_issuer_name(raw, name) == 1 && X509_set_pubkey(raw, key) == 1 &&
      add_extension(raw, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
      add_extension(raw, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(raw, NID_ext_key_usage, "serverAuth") && X509_sign(raw, key, EVP_sha256()) > 0;
  return made ? std::move(certificate) : nullptr;
}

// Never readable by others, not even while it is being written.
bool write_private(const std::string& path, BIO* content) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(content, &bytes);
  const bool written = write(fd, bytes, static_cast<std::size_t>(size)) == size && fsync(fd) == 0;
  close(fd);
  return written;
}

}  // namespace

Result<CertificateFiles> make_self_signed_certificate(const std::string& directory, Instant now) {
  const CertificateFiles files{directory + "/certificate.pem", directory + "/key.pem"};
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (still_good(files, now)) {
    ::chmod(files.key.c_str(), 0600);  // Copied from elsewhere, perhaps.
    return files;
  }
  std::filesystem::remove(files.certificate, error);
  std::filesystem::remove(files.key, error);

  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> certificate = key != nullptr ? sign_for_localhost(key.get(), now) : nullptr;
  const Owned<BIO> certificate_text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_mem()));
  if (certificate == nullptr || PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return Error{Error::Kind::kBroken, "OpenSSL could not make a certificate for localhost", {}, {}};
  if (!write_private(files.key, key_text.get()) || !write_private(files.certificate, certificate_text.get()))
    return Error{Error::Kind::kUnavailable,
                 "cannot write a certificate and its key into " + directory + "; is it writable?",
                 {},
                 {}};
  return files;
}

}  // namespace florin
