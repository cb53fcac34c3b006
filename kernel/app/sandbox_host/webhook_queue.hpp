// The far sides' webhooks on their way: due now or later, tried again while they are not answered by a
// 2xx, a few at a time. In memory only: what is under way when the sandboxes end is not sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include <florin/sandbox.hpp>

#include "kernel/platform/executor/executor.hpp"
#include "kernel/platform/http_client/http_client.hpp"

namespace florin {

class WebhookQueue {
 public:
  // Tries again after 1 s, 5 s and 15 s, then every 60 s; gives up after 50 tries.
  WebhookQueue(Executor& executor, HttpClient& client);
  ~WebhookQueue();  // stop()s.

  void add(SandboxWebhook webhook);
  // Everything that waits is due now.
  void flush();
  struct Counts {
    std::int64_t waiting = 0, delivered = 0, given_up = 0;
  };
  Counts counts() const;
  // Drops what waits and returns when nothing is under way. Stop the client first, or it may take a while.
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace florin
