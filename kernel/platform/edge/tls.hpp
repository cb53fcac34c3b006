// TLS at the edge: OpenSSL 3, non-blocking, TLS 1.2 and 1.3 only.
#pragma once

#include <memory>
#include <string>

#include <florin/result.hpp>

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

}  // namespace florin
