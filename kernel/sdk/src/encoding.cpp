// Hexadecimal, base64 (RFC 4648) and CRC-32. Decoding is strict: one text for one value, so that two
// spellings of a signature are never both good.
#include <array>

#include <florin/crypto.hpp>

namespace florin {
namespace {

constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes, std::string_view alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char byte : bytes) {
    held = held << 8 | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 6; bits -= 6) text += alphabet[held >> (bits - 6) & 63];
  }
  if (bits > 0) text += alphabet[held << (6 - bits) & 63];
  return text;
}

Error not_this(std::string_view what) {
  return Error{Error::Kind::kInvalid, "not " + std::string(what), "invalid_encoding", ""};
}

// `text` without padding.
Result<std::string> decode(std::string_view text, std::string_view alphabet, std::string_view name) {
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char letter : text) {
    const std::size_t value = alphabet.find(letter);
    if (value == std::string_view::npos) return not_this(name);
    held = held << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(held >> bits & 0xFF);
    }
  }
  // A lone letter carries no byte, and bits that are left over must be zero (RFC 4648 section 3.5).
  if (bits >= 6 || (held & ((1U << bits) - 1)) != 0) return not_this(name);
  return bytes;
}

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t rest = i;
    for (int bit = 0; bit < 8; ++bit) rest = (rest & 1) != 0 ? rest >> 1 ^ 0xEDB88320U : rest >> 1;
    table[i] = rest;
  }
  return table;
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(bytes.size() * 2, '\0');
  auto digit = text.begin();
  for (const char byte : bytes) {
    *digit++ = kDigits[static_cast<unsigned char>(byte) >> 4];
    *digit++ = kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

Result<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return not_this("hexadecimal text");
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return not_this("hexadecimal text");
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::string to_base64(std::string_view bytes) {
  std::string text = encode(bytes, kPlain);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::string to_base64url(std::string_view bytes) { return encode(bytes, kUrl); }

Result<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return not_this("padded base64");
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  return decode(text.substr(0, text.size() - padding), kPlain, "padded base64");
}

Result<std::string> from_base64url(std::string_view text) { return decode(text, kUrl, "unpadded base64url"); }

std::uint32_t crc32(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = crc_table();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes) crc = crc >> 8 ^ kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xFF];
  return ~crc;
}

}  // namespace florin
