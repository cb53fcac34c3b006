// One thread, one connection at a time: commands are rare and typed by a person.
#include "kernel/app/control.hpp"

#include <cerrno>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace florin {

namespace {

constexpr std::size_t kLineMax = 64 * 1024;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      if (fd_ >= 0) ::close(fd_);
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

bool fill_address(sockaddr_un& address, const std::string& path) {
  address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return true;
}

std::string read_line(int fd) {
  std::string line;
  char buffer[4096];
  while (line.size() < kLineMax) {
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, 30'000) <= 0) break;
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count <= 0) break;
    line.append(buffer, static_cast<std::size_t>(count));
    if (line.back() == '\n') break;
  }
  return line;
}

void write_line(int fd, std::string line) {
  line += '\n';
  std::size_t sent = 0;
  while (sent < line.size()) {
    const ssize_t count = ::send(fd, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

class UnixControlSocket final : public ControlSocket {
 public:
  UnixControlSocket(std::string path, Descriptor listener, Handler handler)
      : path_(std::move(path)), listener_(std::move(listener)), handler_(std::move(handler)) {
    int ends[2];
    FLORIN_CHECK(::pipe2(ends, O_CLOEXEC) == 0, "a pipe to stop by");
    wake_read_ = Descriptor(ends[0]);
    wake_write_ = Descriptor(ends[1]);
    thread_ = std::thread([this] { serve(); });
  }
  ~UnixControlSocket() override {
    wake_write_ = Descriptor();
    thread_.join();
    ::unlink(path_.c_str());
  }

 private:
  void serve() {
    for (;;) {
      pollfd ready[2] = {{listener_.get(), POLLIN, 0}, {wake_read_.get(), POLLIN, 0}};
      if (::poll(ready, 2, -1) < 0 && errno != EINTR) return;
      if (ready[1].revents != 0) return;
      if ((ready[0].revents & POLLIN) == 0) continue;
      const Descriptor peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (peer) write_line(peer.get(), answer(read_line(peer.get())));
    }
  }

  std::string answer(const std::string& line) const {
    const auto asked = parse_json(line);
    Result<Json> outcome = Error{Error::Kind::kInvalid, "the command is no JSON line"};
    if (asked) outcome = handler_(text_at(*asked, "command"), asked->value("arguments", Json::object()));
    if (!outcome) return to_text(Json{{"error", outcome.error().message}});
    return to_text(Json{{"result", *outcome}});
  }

  std::string path_;
  Descriptor listener_, wake_read_, wake_write_;
  Handler handler_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<ControlSocket> ControlSocket::open(const std::string& path, Handler handler) {
  sockaddr_un address;
  Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::unlink(path.c_str());  // Left by a daemon that was killed; the store's lock says that none runs.
  const mode_t before = ::umask(0177);
  const bool bound = listener && fill_address(address, path) &&
                     ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::umask(before);
  if (!bound || ::listen(listener.get(), 8) != 0) {
    spdlog::warn("no control socket at {}: {}; `florin` commands that change state will not work", path, std::strerror(errno));
    return nullptr;
  }
  return std::make_unique<UnixControlSocket>(path, std::move(listener), std::move(handler));
}

Result<Json> control_daemon(const std::string& path, const std::string& command, const Json& arguments) {
  sockaddr_un address;
  const Descriptor peer(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!peer || !fill_address(address, path) ||
      ::connect(peer.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return Error{Error::Kind::kUnavailable, "no daemon answers at " + path + ": is florind running with this configuration?"};
  write_line(peer.get(), to_text(Json{{"command", command}, {"arguments", arguments}}));
  const auto answer = parse_json(read_line(peer.get()));
  if (!answer) return Error{Error::Kind::kBroken, "the daemon's answer cannot be read"};
  if (const Json* error = find(*answer, "error")) return Error{Error::Kind::kInvalid, error->get<std::string>()};
  return answer->value("result", Json::object());
}

}  // namespace florin
