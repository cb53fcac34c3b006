// TLS at the edge: OpenSSL 3, non-blocking, TLS 1.2 and 1.3 only.
#pragma once

#include <memory>
#include <string>

#include <florin/result.hpp>
#include <florin/time.hpp>

#include "kernel/platform/edge/transport.hpp"

namespace florin {

class TlsContext {
 public:
  // PEM files; the certificate's may hold its chain behind it. Errors: kInvalid, naming the file.
  static Result<std::unique_ptr<TlsContext>> open(const std::string& certificate_file,
                                                  const std::string& key_file);
  virtual ~TlsContext() = default;
};

// `fd` stays its caller's; the handshake happens by itself with the first reads.
std::unique_ptr<Transport> tls_transport(TlsContext& context, int fd);

// For the demo: a certificate for localhost, 127.0.0.1 and ::1 with a P-256 key, valid for a year from `now`,
// under `directory` as certificate.pem and key.pem, both 0600. Those that are there already are kept, unless
// the certificate has less than 30 days left or the two do not belong together: then both are made anew.
struct CertificateFiles {
  std::string certificate, key;
};
Result<CertificateFiles> make_self_signed_certificate(const std::string& directory, Instant now);

}  // namespace florin
