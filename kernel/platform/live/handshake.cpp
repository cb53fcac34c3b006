// The checks before a socket is opened; authentication comes after, by its first message.
#include "kernel/platform/live/handshake.hpp"

#include <algorithm>
#include <array>

#include "kernel/platform/edge/http_head.hpp"
#include "kernel/platform/edge/http_writer.hpp"

namespace florin::live {
namespace {

bool known_path(std::string_view path) {
  for (const std::string_view prefix : {"/ws/merchant/", "/ws/admin/", "/ws/payments/"}) {
    if (path.substr(0, prefix.size()) != prefix) continue;
    const std::string_view id = path.substr(prefix.size());
    return !id.empty() && id.find_first_of("/%") == std::string_view::npos;
  }
  return false;
}

bool smells_of_a_token(const std::pair<std::string, std::string>& parameter) {
  static constexpr std::array<std::string_view, 9> kNames = {"token",         "access_token",  "auth",
                                                             "authorization", "key",           "api_key",
                                                             "secret",        "client_secret", "password"};
  for (const std::string_view name : kNames)
    if (same_token(parameter.first, name)) return true;
  for (const std::string_view part : {"sk_", "pk_", "ak_", "_secret_"})
    if (parameter.first.find(part) != std::string::npos || parameter.second.find(part) != std::string::npos)
      return true;
  return false;
}

// "https://shop.example" is the same host as "Host: shop.example".
bool same_host(std::string_view origin, const EdgeRequest& request) {
  const std::size_t scheme = origin.find("://");
  const auto host = request.headers.find("Host");
  return scheme != std::string_view::npos && host != request.headers.end() &&
         same_token(origin.substr(scheme + 3), host->second);
}

}  // namespace

std::optional<EdgeResponse> refuse_handshake(const EdgeRequest& request,
                                             const std::vector<std::string>& allowed_origins) {
  if (!known_path(request.path))
    return problem_response(404, "unknown_path",
                            "Live sockets are /ws/merchant/{id}, /ws/admin/{id} and /ws/payments/{id}.",
                            request.request_id);
  if (std::any_of(request.query.begin(), request.query.end(), smells_of_a_token))
    return problem_response(
        400, "token_in_url",
        "Send the token in the first message, never in the URL; this one should be revoked.",
        request.request_id);
  const auto origin = request.headers.find("Origin");
  if (origin == request.headers.end() || same_host(origin->second, request) ||
      std::find(allowed_origins.begin(), allowed_origins.end(), origin->second) != allowed_origins.end())
    return std::nullopt;
  return problem_response(403, "origin_not_allowed",
                          "Pages of this origin may not listen; see server.allowed_origins.",
                          request.request_id);
}

}  // namespace florin::live
