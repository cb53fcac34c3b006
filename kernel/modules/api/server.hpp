// Takes requests from the edge to their routes: who calls, how often, what was sent; and gives the
// answers the headers that all of them have.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernel/modules/api/api.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/edge/router.hpp"

namespace florin {

// A token bucket a key: `rate` requests a second, twice that at once. Safe from any thread.
class RateLimiter {
 public:
  // Zero: may go. Otherwise the seconds to wait. `rate` 0: no limit.
  std::int64_t take(const std::string& key, std::int64_t rate, Duration now);

 private:
  struct Bucket {
    std::int64_t micro_tokens = 0;
    Duration filled{0};
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

struct ApiServerOptions {
  std::function<Result<Caller>(const std::string& token)> authenticate;
  // Asked about a token that authenticate() refuses, and may take its time. Empty: nobody is.
  std::function<Task<Result<Caller>>(std::string token)> look_up;
  // Requests a second that a caller may make; 0: no limit.
  std::function<std::int64_t(const Caller&)> rate_of;
  Clock* clock = nullptr;
  // Told of every answer, for metrics and the log.
  std::function<void(const ApiRoute&, const ApiAnswer&, Duration took, const EdgeRequest&)> answered;
};

class ApiServer {
 public:
  explicit ApiServer(ApiServerOptions options);
  void add(ApiRoute route);  // Before the first request.
  const std::vector<std::shared_ptr<const ApiRoute>>& routes() const { return routes_; }
  // Finds the route and answers; what no route takes is answered by it too.
  const Router& router() const { return router_; }

 private:
  Task<EdgeResponse> serve(const ApiRoute& route, const EdgeRequest& request, const PathParams& params);
  Task<ApiAnswer> answer(const ApiRoute& route, const EdgeRequest& request, const PathParams& params);
  Result<ApiRequest> read(const ApiRoute& route, const EdgeRequest& request, const PathParams& params) const;

  ApiServerOptions options_;
  std::vector<std::shared_ptr<const ApiRoute>> routes_;
  Router router_;
  RateLimiter limiter_;
};

}  // namespace florin
