// The host's own API, for tests and for people:
//
// - POST /_control/faults {plugin?, method?, path_prefix?, mode, status?, delay_ms?, times?, probability?}
// - GET /_control/faults: what is asked for; DELETE: everything well again
// - GET /_control/books: {plugin: {entries, totals}}; /_control/books/{plugin} for one
// - GET /_control/requests: the last 1000; ?plugin= for one
// - GET /_control/webhooks: {waiting, delivered, given_up}; POST /_control/webhooks/flush: due now
// - GET /: a page that lists it all
#pragma once

#include <mutex>

#include "kernel/app/sandbox_host/faults.hpp"
#include "kernel/app/sandbox_host/request_log.hpp"
#include "kernel/app/sandbox_host/shelf.hpp"
#include "kernel/app/sandbox_host/webhook_queue.hpp"
#include "kernel/platform/edge/edge.hpp"

namespace florin {

// What the host's answers are made of; all of it is safe from any thread.
struct SandboxDesk {
  explicit SandboxDesk(WebhookQueue& queue) : webhooks(queue) {}
  std::vector<std::unique_ptr<Shelf>> shelves;  // Fixed once the host serves.
  WebhookQueue& webhooks;
  RequestLog requests;
  std::mutex faults_mutex;
  Faults faults;

  Shelf* shelf(std::string_view name) const;
};

EdgeResponse answer_control(SandboxDesk& desk, const EdgeRequest& request);
EdgeResponse answer_page(const SandboxDesk& desk);
// {"error":{"type","code","message","param"}}
EdgeResponse control_problem(int status, const Error& error);

}  // namespace florin
