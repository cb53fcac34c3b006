// RFC 6455 section 5.2, the client's side.
#include "tests/support/raw_websocket.hpp"

#include <stdexcept>

namespace florin::testing {

std::string upgrade_request(std::string_view path, std::string_view more) {
  return "GET " + std::string(path) +
         " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         std::string(more) + "\r\n";
}

std::string client_frame(int opcode, std::string_view payload, FrameShape shape) {
  std::string frame(1, static_cast<char>((shape.final ? 0x80 : 0) | shape.rsv << 4 | opcode));
  const int mask_bit = shape.masked ? 0x80 : 0;
  int length_bytes = 0;
  if (payload.size() < 126) {
    frame += static_cast<char>(mask_bit | static_cast<int>(payload.size()));
  } else {
    length_bytes = payload.size() < 65536 ? 2 : 8;
    frame += static_cast<char>(mask_bit | (length_bytes == 2 ? 126 : 127));
  }
  while (length_bytes-- > 0) frame += static_cast<char>(payload.size() >> (8 * length_bytes));
  if (!shape.masked) return frame.append(payload);
  static constexpr std::string_view kMask = "\x12\x34\x56\x78";
  frame.append(kMask);
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ kMask[i % 4]);
  return frame;
}

int RawFrame::close_code() const {
  if (opcode != kClose || payload.size() < 2) return 0;
  return static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
}

std::string RawFrame::close_reason() const { return payload.size() < 2 ? "" : payload.substr(2); }

std::optional<RawFrame> read_frame(RawHttpClient& client) {
  const std::string head = client.read(2);
  if (head.size() < 2) return std::nullopt;
  RawFrame frame;
  frame.final = (head[0] & 0x80) != 0;
  frame.opcode = head[0] & 0x0f;
  std::size_t length = static_cast<unsigned char>(head[1]);
  if (length >= 126) {
    const std::string more = client.read(length == 126 ? 2 : 8);
    length = 0;
    for (const char byte : more) length = length << 8 | static_cast<unsigned char>(byte);
  }
  frame.payload = client.read(length);
  if (frame.payload.size() < length) return std::nullopt;
  return frame;
}

std::optional<RawFrame> read_message(RawHttpClient& client) {
  for (;;) {
    auto frame = read_frame(client);
    if (!frame || (frame->opcode != kPing && frame->opcode != kPong)) return frame;
  }
}

RawHttpClient open_websocket(std::uint16_t port, std::string_view path, std::string_view more) {
  RawHttpClient client(port);
  const RawAnswer answer = client.exchange(upgrade_request(path, more));
  if (answer.status != 101)
    throw std::runtime_error("no upgrade but " + std::to_string(answer.status) + " " + answer.body);
  return client;
}

}  // namespace florin::testing
