// Sockets that listen. Accepting is one loop's work: it admits or refuses, and deals what it admits out to
// all loops in turn. (SO_REUSEPORT would let a second daemon take the same port without an error.)
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <florin/result.hpp>

#include "kernel/platform/edge/loop.hpp"

namespace florin {

// Listening, non-blocking sockets on one port at every address that this host has; an address that it
// lacks is skipped with a warning. Errors: kUnavailable, naming address, port and reason.
struct Listening {
  std::vector<int> sockets;  // The caller closes them.
  std::uint16_t port = 0;
};
Result<Listening> listen_on(const std::vector<std::string>& addresses, std::uint16_t port);

class Acceptor final : public Watched {
 public:
  // Takes over `fd`.
  Acceptor(int fd, std::shared_ptr<EdgeCore> core, std::vector<std::shared_ptr<LoopInbox>> loops);
  ~Acceptor() override;
  void ready(std::uint32_t events) override;
  void out_of_memory() override {}  // admit() has let go of the one; the next is tried for anew.
  int fd() const { return fd_; }
  // Turns callers away from now on. From any thread.
  void stop();

 private:
  void admit(int fd, std::string address);
  void make_room();
  bool shed_one();

  const int fd_;
  const std::shared_ptr<EdgeCore> core_;
  const std::vector<std::shared_ptr<LoopInbox>> loops_;
  std::size_t next_ = 0;
  Duration asked_for_room_{0};
  // Given up when descriptors have run out, to accept and close one caller: a listening socket with
  // callers that nobody accepts would wake its loop for ever.
  int reserve_ = -1;
};

}  // namespace florin
