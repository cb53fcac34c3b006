// The plain reader. It favours being obvious over being fast: frames are looked at whole.
#include "tests/fuzz/websocket/reference.hpp"

namespace florin::fuzz {
namespace {

constexpr int kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;

std::uint8_t byte(char c) { return static_cast<std::uint8_t>(c); }

std::string unmasked(std::string_view payload, std::string_view mask) {
  std::string text(payload);
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(text[i] ^ mask[i % 4]);
  return text;
}

bool is_control(int opcode) { return opcode >= kClose; }

bool is_forbidden(const FrameHead& head, bool in_message) {
  if (head.reserved || !head.masked || head.overlong) return true;
  const bool known = head.opcode <= kBinary || (head.opcode >= kClose && head.opcode <= kPong);
  if (!known) return true;
  if (is_control(head.opcode)) return !head.final || head.length > 125;
  return (head.opcode == 0) != in_message;
}

}  // namespace

std::optional<FrameHead> take_head(std::string_view& bytes) {
  if (bytes.size() < 2) return std::nullopt;
  FrameHead head;
  head.final = (byte(bytes[0]) & 0x80) != 0;
  head.reserved = (byte(bytes[0]) & 0x70) != 0;
  head.opcode = byte(bytes[0]) & 0x0F;
  head.masked = (byte(bytes[1]) & 0x80) != 0;
  head.length = byte(bytes[1]) & 0x7F;
  const std::size_t more = head.length == 126 ? 2 : head.length == 127 ? 8 : 0;
  const std::size_t size = 2 + more + (head.masked ? 4 : 0);
  if (bytes.size() < size) return std::nullopt;
  if (more > 0) {
    head.length = 0;
    for (std::size_t i = 0; i < more; ++i) head.length = head.length << 8 | byte(bytes[2 + i]);
    head.overlong = head.length < (more == 2 ? 126U : 65536U) || (head.length >> 63) != 0;
  }
  head.mask = bytes.substr(2 + more, head.masked ? 4 : 0);
  bytes.remove_prefix(size);
  return head;
}

bool is_utf8(std::string_view text, bool open) {
  for (std::size_t i = 0; i < text.size();) {
    const std::uint8_t first = byte(text[i]);
    const std::size_t size = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (size == 0) return false;
    for (std::size_t k = 1; k < size; ++k) {
      if (i + k >= text.size()) return open;
      const std::uint8_t next = byte(text[i + k]);
      // Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte.
      const std::uint8_t least = k > 1 ? 0x80 : first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
      const std::uint8_t most = k > 1 ? 0xBF : first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
      if (next < least || next > most) return false;
    }
    i += size;
  }
  return true;
}

Conversation read_conversation(std::string_view bytes, std::size_t longest) {
  Conversation told;
  std::string message;
  int kind = 0;  // Of the message under way.
  while (!bytes.empty() && told.end == 0) {
    std::string_view rest = bytes;
    const auto head = take_head(rest);
    if (!head || (rest.empty() && head->length > 0)) {
      told.may_end = true;  // A reader may judge a head before its payload begins, and need not.
      break;
    }
    if (is_forbidden(*head, kind != 0)) {
      told.end = 1002;
    } else if (!is_control(head->opcode) && message.size() + head->length > longest) {
      told.end = 1009;
    } else if (rest.size() < head->length) {
      told.may_end = true;
      break;
    } else {
      const std::string payload = unmasked(rest.substr(0, head->length), head->mask);
      bytes = rest.substr(head->length);
      if (head->opcode == kClose) {
        told.end = 1000;
      } else if (head->opcode == kPing) {
        told.pings.push_back(payload);
      } else if (head->opcode != kPong) {
        if (head->opcode != 0) kind = head->opcode;
        message += payload;
        if (kind == kText && !is_utf8(message, !head->final)) {
          told.end = 1007;
        } else if (head->final) {
          if (kind == kText) told.texts.push_back(message);
          if (kind == kBinary) told.end = 1003;
          message.clear();
          kind = 0;
        }
      }
    }
  }
  return told;
}

}  // namespace florin::fuzz
