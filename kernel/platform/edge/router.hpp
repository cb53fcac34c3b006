// The table of routes: method and pattern to handler. Enumerable, because the OpenAPI document and the
// tests that walk every route are made from it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <florin/task.hpp>

#include "kernel/platform/edge/edge.hpp"

namespace florin {

// What stood in a pattern's {names}, percent-decoded.
class PathParams {
 public:
  // `name` is one of the pattern's: asking for another is our bug.
  const std::string& at(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return values_; }

 private:
  friend class Router;
  std::vector<std::pair<std::string, std::string>> values_;
};

// Both arguments outlive the Task.
using RouteHandler = std::function<Task<EdgeResponse>(const EdgeRequest&, const PathParams&)>;

struct EdgeRoute {
  std::string method;                     // "POST"
  std::string pattern;                    // "/api/v1/payments/{id}/capture"; {name} is one whole segment.
  std::string operation;                  // OpenAPI's operationId: "capture_payment". Unique.
  std::optional<std::size_t> body_limit;  // Bytes; nothing: the edge's default.
  RouteHandler handler;
  Urgency urgency = Urgency::kOrdinary;
};

class Router {
 public:
  Router();
  ~Router();

  // Before the first request. Two routes of one method and pattern, or of one operation, are our bug.
  void add(EdgeRoute route);
  const std::vector<EdgeRoute>& routes() const { return routes_; }

  // An EdgeHandler: 404 where no pattern matches, 405 with Allow where another method does, 400 for a
  // path that is not percent-encoded text. A fixed segment wins over a {name} ("/payments/history" over
  // "/payments/{id}"). HEAD is served by GET.
  Task<EdgeResponse> answer(const EdgeRequest& request) const;
  // For EdgeOptions::body_limit.
  std::optional<std::size_t> body_limit(std::string_view method, std::string_view path) const;
  // For EdgeOptions::urgency. What no route takes is ordinary.
  Urgency urgency(std::string_view method, std::string_view path) const;

 private:
  struct Node;
  struct Match {
    const Node* node = nullptr;
    std::vector<std::string> values;  // Of the {names} on the way, in order.
    bool malformed = false;
  };
  Match find(std::string_view path) const;
  static bool descend(const Node& from, const std::vector<std::string>& segments, std::size_t at,
                      Match& match);
  const EdgeRoute* route_of(const Node& node, std::string_view method) const;
  const EdgeRoute* route_at(std::string_view method, std::string_view path) const;
  static EdgeResponse no_such_method(const Node& node, const EdgeRequest& request);

  std::unique_ptr<Node> root_;
  std::vector<EdgeRoute> routes_;
};

}  // namespace florin
