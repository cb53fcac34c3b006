// The plain socket.
#include "kernel/platform/edge/transport.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace florin {
namespace {

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(int fd) : fd_(fd) {}

  Moved read(char* into, std::size_t room) override {
    for (;;) {
      const ssize_t got = recv(fd_, into, room, 0);
      if (got > 0) return {Moved::How::kSome, static_cast<std::size_t>(got)};
      if (got == 0) return {Moved::How::kEnd, 0};
      if (errno == EINTR) continue;
      return {errno == EAGAIN || errno == EWOULDBLOCK ? Moved::How::kAgain : Moved::How::kBroken, 0};
    }
  }
  Moved write(std::string_view bytes) override {
    for (;;) {
      const ssize_t put = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put >= 0) return {Moved::How::kSome, static_cast<std::size_t>(put)};
      if (errno == EINTR) continue;
      return {errno == EAGAIN || errno == EWOULDBLOCK ? Moved::How::kAgain : Moved::How::kBroken, 0};
    }
  }
  void end_writing() override { shutdown(fd_, SHUT_WR); }
  bool short_read_is_empty() const override { return true; }
  bool secure() const override { return false; }

 private:
  const int fd_;
};

}  // namespace

std::unique_ptr<Transport> plain_transport(int fd) { return std::make_unique<PlainTransport>(fd); }

}  // namespace florin
