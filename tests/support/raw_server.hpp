// A far side that misbehaves on purpose: a listener on a free loopback port whose connections each run a
// test's own script on the bare socket. Nothing here knows HTTP beyond where a request ends.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace florin::test {

// A connected socket as a script sees it. Every call returns when the peer or the server goes.
class RawPeer {
 public:
  explicit RawPeer(int descriptor) : descriptor_(descriptor) {}
  int descriptor() const { return descriptor_; }
  // One request with its body by Content-Length; "" when the peer has gone.
  std::string read_request();
  std::string read_line();  // Up to a line feed, with it; "" when the peer has gone.
  bool say(std::string_view bytes);
  void wait_until_gone();
  void reset();  // RST instead of FIN.

 private:
  int descriptor_;
};

class RawServer {
 public:
  // `nth` counts connections from 0. The socket is closed when the script returns.
  using Script = std::function<void(RawPeer& peer, int nth)>;
  explicit RawServer(Script script);
  ~RawServer();
  std::uint16_t port() const;
  std::string url() const;  // "http://127.0.0.1:<port>"
  int connections() const;
  void stop_listening();  // From now on connections are refused; a script may call it.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A loopback port where nobody listens.
std::uint16_t closed_port();

}  // namespace florin::test
