// RFC 6455 section 4.2: what an upgrade request must say, and the answer that proves we understood it.
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

#include "kernel/platform/edge/http_head.hpp"
#include "kernel/platform/edge/http_writer.hpp"
#include "kernel/platform/edge/websocket.hpp"

namespace florin {
namespace {

std::string_view header(const EdgeRequest& request, std::string_view name) {
  const auto held = request.headers.find(name);
  return held == request.headers.end() ? std::string_view() : std::string_view(held->second);
}

// Sixteen bytes in base64: 22 characters and "==".
bool is_key(std::string_view key) {
  if (key.size() != 24 || key.substr(22) != "==") return false;
  for (const char c : key.substr(0, 22)) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!letter && !(c >= '0' && c <= '9') && c != '+' && c != '/') return false;
  }
  return true;
}

std::string accept_of(std::string_view key) {
  const std::string proof = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(proof.data()), proof.size(), digest.data());
  std::array<unsigned char, 32> text{};
  const int size = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)};
}

}  // namespace

std::optional<EdgeResponse> refuse_websocket(const EdgeRequest& request, WebSocketHandler& handler) {
  const auto refusal = [&request](int status, std::string_view code, std::string_view message) {
    return problem_response(status, code, message, request.request_id);
  };
  if (request.method != "GET" || !request.body.empty())
    return refusal(400, "bad_upgrade", "A WebSocket is opened by a GET without a body.");
  if (!names_token(header(request, "Connection"), "upgrade"))
    return refusal(400, "bad_upgrade", "The Connection header of a WebSocket handshake names Upgrade.");
  if (header(request, "Sec-WebSocket-Version") != "13") {
    EdgeResponse response = refusal(426, "bad_websocket_version", "Florin speaks WebSocket version 13.");
    response.headers.emplace("Sec-WebSocket-Version", "13");
    response.headers.emplace("Upgrade", "websocket");
    return response;
  }
  if (!is_key(header(request, "Sec-WebSocket-Key")))
    return refusal(400, "bad_websocket_key", "Sec-WebSocket-Key is sixteen bytes in base64, once.");
  return handler.refuses(request);
}

std::string websocket_accepted(const EdgeRequest& request, Instant now) {
  EdgeResponse response;
  response.status = 101;
  response.headers.emplace("Upgrade", "websocket");
  response.headers.emplace("Sec-WebSocket-Accept", accept_of(header(request, "Sec-WebSocket-Key")));
  AnswerFrame frame;
  frame.request_id = request.request_id;
  frame.now = now;
  frame.upgrade = true;
  return serialize(response, frame);
}

}  // namespace florin
