// Matching, authentication, rate, body, and the answer's headers.
#include "kernel/modules/api/server.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <florin/crypto.hpp>

namespace florin {

namespace {

// The newest version of the interface; sent with every answer.
constexpr std::string_view kApiVersion = "2026-11-20";
constexpr std::int64_t kMicro = 1'000'000;

std::string bearer(const EdgeRequest& request) {
  const auto found = request.headers.find("Authorization");
  if (found == request.headers.end()) return {};
  const std::string& value = found->second;
  if (value.size() > 7 && (value.starts_with("Bearer ") || value.starts_with("bearer "))) return value.substr(7);
  // curl -u sk_...: does the same with Basic, the key as the user (API-CONVENTIONS, Auth).
  if (value.starts_with("Basic ")) {
    if (const auto decoded = from_base64(std::string_view(value).substr(6))) return decoded->substr(0, decoded->find(':'));
  }
  return {};
}

}  // namespace

std::int64_t RateLimiter::take(const std::string& key, std::int64_t rate, Duration now) {
  if (rate <= 0) return 0;
  const std::lock_guard lock(mutex_);
  if (buckets_.size() > 100'000) buckets_.clear();  // A flood of keys forgives everybody once.
  const auto [found, fresh] = buckets_.try_emplace(key, Bucket{2 * rate * kMicro, now});
  Bucket& bucket = found->second;
  if (!fresh) {
    const std::int64_t passed = std::min<std::int64_t>((now - bucket.filled).count(), 2 * kMicro);
    bucket.micro_tokens = std::min(2 * rate * kMicro, bucket.micro_tokens + passed * rate);
    bucket.filled = now;
  }
  if (bucket.micro_tokens < kMicro) return 1;
  bucket.micro_tokens -= kMicro;
  return 0;
}

ApiServer::ApiServer(ApiServerOptions options) : options_(std::move(options)) {}

void ApiServer::add(ApiRoute route) {
  const auto kept = std::make_shared<const ApiRoute>(std::move(route));
  routes_.push_back(kept);
  EdgeRoute entry;
  entry.method = kept->method;
  entry.pattern = kept->pattern;
  entry.operation = kept->operation_id;
  entry.body_limit = kept->body_limit;
  entry.urgency = kept->urgency;
  entry.handler = [this, kept](const EdgeRequest& request, const PathParams& params) {
    return serve(*kept, request, params);
  };
  router_.add(std::move(entry));
}

Result<ApiRequest> ApiServer::read(const ApiRoute& route, const EdgeRequest& edge, const PathParams& params) const {
  ApiRequest request;
  request.edge = &edge;
  for (const auto& [name, value] : params.all()) request.params[name] = value;
  request.query = edge.query;
  if (route.method == "GET" || route.raw_body) return request;
  const auto key = edge.headers.find("Idempotency-Key");
  if (key != edge.headers.end()) {
    if (key->second.empty() || key->second.size() > 255)
      return Error{Error::Kind::kInvalid, "Idempotency-Key has 1 to 255 bytes", "invalid_idempotency_key", ""};
    request.idempotency.key = key->second;
    request.idempotency.digest = to_hex(sha256(edge.body));
  }
  request.idempotency.route = route.operation_id;
  for (const auto& [name, value] : params.all()) request.idempotency.route += ":" + value;
  if (edge.body.empty()) return request;
  auto body = parse_json(edge.body);
  if (!body) return body.error();
  if (!body->is_object()) return Error{Error::Kind::kInvalid, "the body must be a JSON object", "invalid_json", ""};
  request.body = std::move(*body);
  return request;
}

Task<ApiAnswer> ApiServer::answer(const ApiRoute& route, const EdgeRequest& edge, const PathParams& params) {
  Caller caller;
  if (!route.keys.empty()) {
    const std::string token = bearer(edge);
    Result<Caller> who = options_.authenticate(token);
    if (!who && options_.look_up) {
      Task<Result<Caller>> asking = options_.look_up(token);
      Result<Caller> found = co_await asking;
      who = std::move(found);
    }
    if (!who) {
      ApiAnswer no = problem(who.error());
      no.headers["WWW-Authenticate"] = "Bearer";
      co_return no;
    }
    caller = std::move(*who);
    if (!route.keys.contains(caller.kind))
      co_return problem(Error{Error::Kind::kDenied, "this route takes another kind of key", "key_kind_not_allowed", ""});
    if (!caller.may(route.scope))
      co_return problem(Error{Error::Kind::kDenied, "this key lacks the scope " + route.scope, "insufficient_scope", ""});
    if (const std::int64_t wait = limiter_.take(caller.key_id, options_.rate_of(caller), options_.clock->monotonic())) {
      ApiAnswer no = problem(429, "rate_limit_error", "too_many_requests", "too many requests with this key: slow down");
      no.headers["Retry-After"] = std::to_string(wait);
      co_return no;
    }
  }
  Result<ApiRequest> request = read(route, edge, params);
  if (!request) co_return problem(request.error());
  request->caller = std::move(caller);
  Task<ApiAnswer> handling = route.handler(*request);
  co_return co_await handling;
}

Task<EdgeResponse> ApiServer::serve(const ApiRoute& route, const EdgeRequest& request, const PathParams& params) {
  const Duration began = options_.clock->monotonic();
  Task<ApiAnswer> answering = answer(route, request, params);
  ApiAnswer given = co_await answering;
  if (options_.answered) options_.answered(route, given, options_.clock->monotonic() - began, request);
  EdgeResponse response;
  response.status = given.status;
  response.headers = std::move(given.headers);
  response.headers.try_emplace("Content-Type", "application/json");
  response.headers["Cache-Control"] = "no-store";
  response.headers["X-Content-Type-Options"] = "nosniff";
  response.headers["Florin-Version"] = kApiVersion;
  if (given.replayed) response.headers["Idempotent-Replayed"] = "true";
  // The id that is in the log: what support asks for. Answers that are kept for a replay (those about an
  // object) have it in their header alone: their bytes must stay the same.
  if (given.status >= 400 && !given.replayed && given.object_id.empty() && given.body.starts_with(R"({"error":{)"))
    given.body.insert(10, fmt::format(R"("request_id":"{}",)", request.request_id));
  response.body = std::move(given.body);
  co_return response;
}

}  // namespace florin
