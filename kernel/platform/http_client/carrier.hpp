// Carries one exchange on the calling I/O thread: a connection from the pool or a new one, the request
// out, the answer in. What an Error says here decides whether a card may be charged elsewhere (law 3).
#pragma once

#include <string>

#include <florin/http.hpp>
#include <florin/result.hpp>

#include "kernel/platform/http_client/session_pool.hpp"
#include "kernel/platform/io/dial.hpp"
#include "kernel/platform/io/io_job.hpp"
#include "kernel/platform/io/target.hpp"

namespace florin {

class HttpJob final : public IoJob<HttpResponse> {
 public:
  using IoJob::IoJob;
  ~HttpJob() override;  // Wipes the request: it may hold a card number.
  Target target;
  std::string method, wire;
  bool repeatable = false, allow_private = true;
};

class Carrier {
 public:
  explicit Carrier(const std::string& ca_file) : dialer_(ca_file) {}
  // kUnreachable: no byte of the request was written. kTimedOut: written, then silence. kBroken: written,
  // then a reset, a cut or nonsense.
  Result<HttpResponse> carry(HttpJob& job);
  void forget_connections() { pool_.clear(); }

 private:
  struct Attempt;
  Result<HttpResponse> exchange(HttpJob& job, Poco::Net::StreamSocket& socket, Attempt& attempt);
  Result<Poco::Net::StreamSocket> connection(HttpJob& job, Attempt& attempt);

  const Dialer dialer_;
  SessionPool pool_;
};

}  // namespace florin
