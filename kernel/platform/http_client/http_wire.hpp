// The network below the client, a door of law 10: what carries one request, and knows no bulkhead, breaker or
// log. ThreadWire is the machine's; the simulation has one of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kernel/platform/http_client/http_client.hpp"

namespace florin {

class HttpWire {
 public:
  virtual ~HttpWire() = default;
  // `url` is where it goes, `limit` how long it may take; route and request outlive the Task. Errors as
  // HttpClient::door() has them. `left` is called once, when what carried it is free for another: perhaps long
  // after the answer, never later than the end of stop().
  virtual Task<Result<HttpResponse>> carry(const Route& route, const HttpRequest& request, std::string url,
                                           std::chrono::milliseconds limit, std::function<void()> left) = 0;
  virtual void stop() = 0;
};

// A client over another network than the machine's, which HttpClient::make() takes.
std::unique_ptr<HttpClient> make_http_client(std::unique_ptr<HttpWire> wire, Clock& clock, HttpClient::Options options);

}  // namespace florin
