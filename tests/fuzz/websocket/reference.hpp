// RFC 6455 read a second time, plainly and all at once: what a server must make of a client's bytes. Knows
// no extension and no UTF-8 shortcut; the fuzzer holds the edge's reader (wslay) against it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::fuzz {

struct FrameHead {
  bool final = false, masked = false, reserved = false;
  int opcode = 0;
  std::uint64_t length = 0;
  bool overlong = false;  // Its length is not written as short as it can be, or has 64 bits.
  std::string_view mask;
};

// Takes a head off the front of `bytes`; nothing: it has not all come.
std::optional<FrameHead> take_head(std::string_view& bytes);

// Whether `text` is UTF-8 (RFC 3629); `open`: it may end within a character.
bool is_utf8(std::string_view text, bool open = false);

struct Conversation {
  std::vector<std::string> texts;
  std::vector<std::string> pings;
  // The code that ends the conversation: 1000 for the client's own close (whose code and reason wslay 1.1.1
  // judges as the network cut them, and which ends it either way), 0 when it goes on.
  int end = 0;
  // What came of a frame that is not complete is wrong already: a reader may know or not know yet.
  bool may_end = false;
};
// `longest` is the limit of a message's bytes.
Conversation read_conversation(std::string_view bytes, std::size_t longest);

}  // namespace florin::fuzz
