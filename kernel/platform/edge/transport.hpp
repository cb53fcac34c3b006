// Bytes in and out of a non-blocking socket, plain or TLS.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace florin {

struct Moved {
  enum class How {
    kSome,    // `bytes` were moved, at least one.
    kAgain,   // Nothing now; the socket will say when.
    kEnd,     // Reading: the far side ended in order.
    kBroken,  // The connection is no more.
  };
  How how = How::kAgain;
  std::size_t bytes = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual Moved read(char* into, std::size_t room) = 0;
  virtual Moved write(std::string_view bytes) = 0;
  // Says that no more bytes will be written; what was written still arrives.
  virtual void end_writing() = 0;
  // Whether a read that filled less than its room has emptied the socket.
  virtual bool short_read_is_empty() const = 0;
  virtual bool secure() const = 0;
};

// `fd` stays its caller's.
std::unique_ptr<Transport> plain_transport(int fd);

}  // namespace florin
