// Serves the far sides of every plugin that has one under /{plugin}/ on one port, delivers their webhooks,
// and does wrong on demand (faults.hpp). Its own API is under /_control/ (control.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <florin/result.hpp>

#include "kernel/app/sandbox_host/shelf.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/executor/executor.hpp"

namespace florin {

struct SandboxHostOptions {
  std::uint16_t port = 8090;  // 0: any free one. Listens on 127.0.0.1 and ::1.
  std::string public_url;     // Where browsers reach it; "" : http://localhost:<port>
  std::string books_file;     // "" : the books end with the host.
  std::string ca_file;        // Trusted for webhooks beside the system's roots (PEM); "" : none.
};

class SandboxHost {
 public:
  // Errors: kUnavailable (the port is taken), kBroken (the books file is not ours). Executor and clock
  // outlive the host and run until it has stopped.
  static Result<std::unique_ptr<SandboxHost>> open(SandboxHostOptions options,
                                                   std::vector<HostedSandbox> sandboxes, Executor& executor,
                                                   Clock& clock);
  virtual ~SandboxHost() = default;  // stop()s.
  virtual std::uint16_t port() const = 0;
  // Ends held answers, drops webhooks that wait, writes the books.
  virtual void stop() = 0;
};

}  // namespace florin
