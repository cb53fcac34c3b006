// The last thousand requests that the sandboxes received, without their secrets: what a developer looks at
// first, and what tests count.
#pragma once

#include <deque>
#include <mutex>
#include <string>

#include <florin/http.hpp>
#include <florin/json.hpp>
#include <florin/time.hpp>

namespace florin {

class RequestLog {
 public:
  // `status` 0: no answer was given; `fault` "" : none was asked for.
  void add(const std::string& plugin, const HttpRequest& request, int status, std::string_view fault,
           Instant at);
  // {"object":"list","data":[...]}, oldest first; of one plugin, or of all ("").
  Json describe(const std::string& plugin) const;

 private:
  struct Line {
    std::string plugin;
    Json json;
  };
  mutable std::mutex mutex_;
  std::deque<Line> lines_;
};

}  // namespace florin
