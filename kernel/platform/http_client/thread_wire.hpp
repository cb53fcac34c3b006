// The machine's network: pooled POCO sessions on I/O threads, a watchdog over them.
#pragma once

#include <memory>
#include <string>

#include "kernel/platform/http_client/carrier.hpp"
#include "kernel/platform/http_client/http_wire.hpp"
#include "kernel/platform/io/io_threads.hpp"
#include "kernel/platform/io/watchdog.hpp"

namespace florin {

class ThreadWire final : public HttpWire {
 public:
  // At most `threads` threads, started when they are needed.
  ThreadWire(Executor& executor, const std::string& ca_file, int threads);
  Task<Result<HttpResponse>> carry(const Route& route, const HttpRequest& request, std::string url,
                                   std::chrono::milliseconds limit, std::function<void()> left) override;
  void stop() override;

 private:
  Result<std::shared_ptr<HttpJob>> make_job(const Route& route, const HttpRequest& request, const std::string& url,
                                            std::chrono::milliseconds limit) const;
  void start(const std::shared_ptr<HttpJob>& job, const std::function<void()>& left);

  Executor& executor_;
  Carrier carrier_;
  Watchdog watchdog_;
  IoThreads threads_;
};

}  // namespace florin
