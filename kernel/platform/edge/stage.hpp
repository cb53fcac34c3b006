// What a connection speaks at the moment: HTTP, or WebSocket after its upgrade. A stage makes bytes of
// bytes and never touches the socket. All calls come on the connection's loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <florin/time.hpp>

namespace florin {

class Stage {
 public:
  virtual ~Stage() = default;
  // Takes from the front of `bytes` and returns how many; the rest is given again with more behind it.
  virtual std::size_t consume(std::string_view bytes) = 0;
  // False: it can take nothing now, so leave the bytes with the kernel (back-pressure).
  virtual bool wants_input() const = 0;
  // The far side has said its last byte.
  virtual void input_ended() = 0;
  // Appends what can be sent; a stage may hold back while `out` is long.
  virtual void refill(std::string& out) = 0;
  // Nothing more will come: once what refill() gave is sent, the connection ends.
  virtual bool finished() const = 0;
  // When to call expired(), in the loop's time; Duration::max() for never.
  virtual Duration deadline() const = 0;
  virtual void expired() = 0;
  // The server is going: end as soon as what was begun has been answered.
  virtual void drain() = 0;
  // Since when it has waited for its client, in the loop's time, with nothing owed to that client; nothing: it
  // does not. Whoever has waited longest goes first when room is needed.
  virtual std::optional<Duration> waiting_since() const { return std::nullopt; }
  // Bytes of a request that it holds; crowded() says that all stages hold too many.
  virtual std::size_t held() const { return 0; }
  virtual void crowded() {}
  // The connection has gone, for whatever reason. The last call.
  virtual void gone() = 0;
};

}  // namespace florin
