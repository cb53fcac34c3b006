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
  // Requests a second that a caller may make; 0: no limit.
  std::function<std::int64_t(const Caller&)> rate_of;
  Clock* clock = nullptr;
  // Told of every answer, for metrics and the log.
  std::function<void(const ApiRoute*, const ApiAnswer&, Duration took, const EdgeRequest&)> answered;
};

class ApiServer {
 public:
  explicit ApiServer(ApiServerOptions options) : options_(std::move(options)) {}
  void add(ApiRoute route);
  const std::vector<ApiRoute>& routes() const { return routes_; }
  // The body limit of the route that a request would reach.
  std::optional<std::size_t> body_limit(std::string_view method, std::string_view path) const;
  Task<EdgeResponse> handle(const EdgeRequest& request);

 private:
  struct Match {
    const ApiRoute* route = nullptr;
    std::map<std::string, std::string> params;
    std::string allow;  // When the path is known but not with this method.
  };
  Match match(std::string_view method, std::string_view path) const;
  Task<ApiAnswer> answer(const EdgeRequest& request, const Match& match);
  Result<ApiRequest> read(const EdgeRequest& request, const Match& match) const;

  ApiServerOptions options_;
  std::vector<ApiRoute> routes_;
  std::vector<std::vector<std::string>> segments_;  // Of the patterns, beside routes_.
  RateLimiter limiter_;
};

}  // namespace florin
