// Connecting: name look-up, TCP and TLS, all within a job's deadline. The name is looked up once and the
// connection goes to the address that was judged, so that a second look-up cannot lead elsewhere.
#pragma once

#include <mutex>
#include <string>

#include <Poco/Net/Context.h>
#include <Poco/Net/StreamSocket.h>

#include <florin/result.hpp>

#include "kernel/platform/io/io_job.hpp"

namespace florin {

class Dialer {
 public:
  // Trusts the system's certificate authorities, and those of `ca_file` (PEM; "" : none) beside them. They
  // are read when TLS is first spoken: that takes 40 ms, which a start should not.
  explicit Dialer(std::string ca_file) : ca_file_(std::move(ca_file)) {}

  // A connected socket, attached to `job`. Errors are kUnreachable: "dns_failed", "address_refused" (a
  // private address, and `allow_private` is false), "connect_failed".
  Result<Poco::Net::StreamSocket> connect(const std::string& host, std::uint16_t port, bool allow_private,
                                          Expiring& job) const;
  // TLS 1.2 or later over a connected socket, with the certificate verified strictly and against `host`.
  // Errors: kUnreachable, "tls_failed". `socket` must not be used afterwards.
  Result<Poco::Net::StreamSocket> secure(Poco::Net::StreamSocket& socket, const std::string& host) const;

 private:
  Poco::Net::Context::Ptr context() const;

  const std::string ca_file_;
  mutable std::mutex mutex_;
  mutable Poco::Net::Context::Ptr context_;
};

}  // namespace florin
