// Patterns as a tree of segments, so that a look-up costs the path's length and not the table's.
#include "kernel/platform/edge/router.hpp"

#include <algorithm>
#include <map>

#include <florin/check.hpp>
#include <florin/http.hpp>

#include "kernel/platform/edge/http_writer.hpp"

namespace florin {

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
  std::unique_ptr<Node> any;                                  // {name}
  std::map<std::string, std::size_t, std::less<>> by_method;  // Indexes of routes_ that end here.
};

namespace {

// "/a/b" is a, b; "/a/" is a and an empty segment, which only a pattern that ends so matches.
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t slash = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, slash));
    path.remove_prefix(slash);
  }
  return segments;
}

bool is_name(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// A path's '+' is a plus, which url_decode(), made for forms, would take for a blank.
Result<std::string> decode_segment(std::string_view segment) {
  if (segment.find('%') == std::string_view::npos) return std::string(segment);
  std::string without_plus;
  for (const char c : segment) c == '+' ? without_plus.append("%2B") : without_plus.append(1, c);
  auto decoded = url_decode(without_plus);
  if (decoded && decoded->find('\0') != std::string::npos)
    return Error{Error::Kind::kInvalid, "a NUL stands in the path", {}, {}};
  return decoded;
}

}  // namespace

const std::string& PathParams::at(std::string_view name) const {
  const auto held =
      std::find_if(values_.begin(), values_.end(), [name](const auto& each) { return each.first == name; });
  FLORIN_CHECK(held != values_.end(), "the route's pattern has no such name");
  return held->second;
}

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::add(EdgeRoute route) {
  FLORIN_CHECK(!route.pattern.empty() && route.pattern.front() == '/', "a pattern begins with a slash");
  FLORIN_CHECK(route.handler != nullptr, "a route has a handler");
  FLORIN_CHECK(std::none_of(routes_.begin(), routes_.end(),
                            [&route](const EdgeRoute& each) { return each.operation == route.operation; }),
               "two routes have one operation id");
  Node* node = root_.get();
  for (const std::string_view segment : split(route.pattern)) {
    std::unique_ptr<Node>& next = is_name(segment) ? node->any : node->fixed[std::string(segment)];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  const bool fresh = node->by_method.emplace(route.method, routes_.size()).second;
  FLORIN_CHECK(fresh, "two routes have one method and pattern");
  routes_.push_back(std::move(route));
}

bool Router::descend(const Node& from, const std::vector<std::string>& segments, std::size_t at,
                     Match& match) {
  if (at == segments.size()) {
    if (from.by_method.empty()) return false;
    match.node = &from;
    return true;
  }
  if (const auto fixed = from.fixed.find(segments[at]); fixed != from.fixed.end())
    if (descend(*fixed->second, segments, at + 1, match)) return true;
  // "/payments//capture" has no id: an empty segment names nothing.
  if (!from.any || segments[at].empty()) return false;
  match.values.push_back(segments[at]);
  if (descend(*from.any, segments, at + 1, match)) return true;
  match.values.pop_back();
  return false;
}

Router::Match Router::find(std::string_view path) const {
  Match match;
  std::vector<std::string> segments;
  if (path.empty() || path.front() != '/') return match;  // "*"
  for (const std::string_view segment : split(path)) {
    auto decoded = decode_segment(segment);
    if (!decoded) {
      match.malformed = true;
      return match;
    }
    segments.push_back(std::move(*decoded));
  }
  descend(*root_, segments, 0, match);
  return match;
}

const EdgeRoute* Router::route_of(const Node& node, std::string_view method) const {
  auto held = node.by_method.find(method);
  if (held == node.by_method.end() && method == "HEAD") held = node.by_method.find("GET");
  return held == node.by_method.end() ? nullptr : &routes_[held->second];
}

const EdgeRoute* Router::route_at(std::string_view method, std::string_view path) const {
  const Match match = find(path);
  return match.node == nullptr ? nullptr : route_of(*match.node, method);
}

EdgeResponse Router::no_such_method(const Node& node, const EdgeRequest& request) {
  std::string allow;
  for (const auto& [method, index] : node.by_method) {
    allow.append(allow.empty() ? "" : ", ").append(method);
    if (method == "GET" && !node.by_method.contains("HEAD")) allow.append(", HEAD");
  }
  EdgeResponse response = problem_response(405, "method_not_allowed",
                                           "This path has other methods: " + allow + ".", request.request_id);
  response.headers.emplace("Allow", std::move(allow));
  return response;
}

Task<EdgeResponse> Router::answer(const EdgeRequest& request) const {
  Match match = find(request.path);
  if (match.malformed)
    co_return problem_response(400, "bad_path", "The path is not percent-encoded text.", request.request_id);
  if (match.node == nullptr)
    co_return problem_response(404, "unknown_path", "There is nothing at this path.", request.request_id);
  const EdgeRoute* route = route_of(*match.node, request.method);
  if (route == nullptr) co_return no_such_method(*match.node, request);
  PathParams params;
  std::size_t next = 0;
  for (const std::string_view segment : split(route->pattern))
    if (is_name(segment))
      params.values_.emplace_back(segment.substr(1, segment.size() - 2), std::move(match.values[next++]));
  Task<EdgeResponse> answering = route->handler(request, params);
  co_return co_await answering;
}

std::optional<std::size_t> Router::body_limit(std::string_view method, std::string_view path) const {
  const EdgeRoute* route = route_at(method, path);
  return route == nullptr ? std::nullopt : route->body_limit;
}

Urgency Router::urgency(std::string_view method, std::string_view path) const {
  const EdgeRoute* route = route_at(method, path);
  return route == nullptr ? Urgency::kOrdinary : route->urgency;
}

}  // namespace florin
