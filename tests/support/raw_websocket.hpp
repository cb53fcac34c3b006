// WebSocket frames by hand, right and wrong, over a RawHttpClient. For tests of what a server does with
// them; a client library would refuse to send most.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tests/support/raw_http_client.hpp"

namespace florin::testing {

inline constexpr int kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;

// The handshake of RFC 6455 section 1.3; `more` are further header lines, each with its CRLF.
std::string upgrade_request(std::string_view path, std::string_view more = "");

struct FrameShape {
  bool final = true;
  bool masked = true;
  int rsv = 0;  // RSV1 is 4, RSV2 is 2, RSV3 is 1.
};
std::string client_frame(int opcode, std::string_view payload, FrameShape shape = {});

struct RawFrame {
  int opcode = -1;
  bool final = true;
  std::string payload;
  int close_code() const;  // 0: none, or no close frame.
  std::string close_reason() const;
};
// The server's next frame; nothing when the end or the time-out comes first.
std::optional<RawFrame> read_frame(RawHttpClient& client);
// The next frame that is neither ping nor pong.
std::optional<RawFrame> read_message(RawHttpClient& client);

// Connects and upgrades; throws std::runtime_error when the server does not answer 101.
RawHttpClient open_websocket(std::uint16_t port, std::string_view path, std::string_view more = "");

}  // namespace florin::testing
