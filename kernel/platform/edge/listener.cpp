// Binding, accepting, refusing.
#include "kernel/platform/edge/listener.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <optional>

#include <spdlog/spdlog.h>

#include "kernel/platform/edge/http_writer.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {
namespace {

// From when less than one connection in so many is free, those that lie idle longest are closed.
constexpr std::int64_t kSpare = 16;
constexpr Duration kAskEvery = std::chrono::milliseconds(100);

std::string text_of(const sockaddr_storage& from) {
  char text[INET6_ADDRSTRLEN] = {};
  if (from.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(from).sin_addr, text, sizeof text);
  } else {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, text, sizeof text);
  }
  return text;
}

// A socket, or why there is none as an errno.
struct Bound {
  int fd = -1;
  int error = 0;
};

Bound bind_one(const addrinfo& at) {
  const int fd = socket(at.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return {-1, errno};
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at.ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(fd, at.ai_addr, at.ai_addrlen) == 0 && listen(fd, 4096) == 0) return {fd, 0};
  const int error = errno;
  close(fd);
  return {-1, error};
}

std::uint16_t port_of(int fd) {
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
  return ntohs(at.ss_family == AF_INET ? reinterpret_cast<const sockaddr_in&>(at).sin_port
                                       : reinterpret_cast<const sockaddr_in6&>(at).sin6_port);
}

bool host_lacks(int error) { return error == EADDRNOTAVAIL || error == EAFNOSUPPORT; }

Bound bind_text(const std::string& address, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string service = std::to_string(port);
  if (getaddrinfo(address.c_str(), service.c_str(), &hints, &found) != 0) return {-1, EADDRNOTAVAIL};
  const Bound bound = bind_one(*found);
  freeaddrinfo(found);
  return bound;
}

void close_all(const std::vector<int>& sockets) {
  for (const int fd : sockets) close(fd);
}

}  // namespace

Result<Listening> listen_on(const std::vector<std::string>& addresses, std::uint16_t port) {
  // The port that the kernel chose at one address may be taken at the next: then all are chosen anew.
  for (int attempt = 0;; ++attempt) {
    Listening listening;
    listening.port = port;
    std::optional<Error> failed;
    bool clash = false;
    for (const std::string& address : addresses) {
      const Bound bound = bind_text(address, listening.port);
      if (bound.fd >= 0) {
        listening.sockets.push_back(bound.fd);
        listening.port = port_of(bound.fd);
        continue;
      }
      if (host_lacks(bound.error)) {
        spdlog::warn("this host has no address {}: not listening there", address);
        continue;
      }
      failed = Error{Error::Kind::kUnavailable,
                     fmt::format("cannot listen on {} port {}: {}; stop what holds it or set server.port",
                                 address, listening.port, std::strerror(bound.error)),
                     "port_unavailable",
                     {}};
      clash = port == 0 && bound.error == EADDRINUSE;
      break;
    }
    if (!failed && !listening.sockets.empty()) return listening;
    close_all(listening.sockets);
    if (clash && attempt < 16) continue;
    if (failed) return *failed;
    return Error{
        Error::Kind::kUnavailable,
        fmt::format("cannot listen on port {}: this host has none of the addresses in server.addresses",
                    port),
        "port_unavailable",
        {}};
  }
}

Acceptor::Acceptor(int fd, std::shared_ptr<EdgeCore> core, std::vector<std::shared_ptr<LoopInbox>> loops)
    : fd_(fd),
      core_(std::move(core)),
      loops_(std::move(loops)),
      reserve_(open("/dev/null", O_RDONLY | O_CLOEXEC)) {}

Acceptor::~Acceptor() {
  close(fd_);
  if (reserve_ >= 0) close(reserve_);
}

// close() here could give the number to another descriptor under the accepting loop's hands.
void Acceptor::stop() { shutdown(fd_, SHUT_RDWR); }

void Acceptor::ready(std::uint32_t) {
  // Bounded: connections that are being served have their turn as well.
  for (int taken = 0; taken < 64; ++taken) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const int fd = accept4(fd_, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      try {
        admit(fd, text_of(from));
      } catch (const std::bad_alloc&) {
        close(fd);
        throw;
      }
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if ((errno == EMFILE || errno == ENFILE) && shed_one()) continue;
    return;
  }
}

void Acceptor::admit(int fd, std::string address) {
  const std::int64_t limit = core_->options.limits.connections;
  const std::int64_t open = core_->connections.fetch_add(1);
  const bool room = open < limit || limit == 0;
  if (limit != 0 && open >= limit - limit / kSpare) make_room();
  bool may = false;
  try {
    may = room && core_->addresses.admit(address);
  } catch (const std::bad_alloc&) {
    core_->connections.fetch_sub(1);
    throw;
  }
  if (may) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    LoopMessage adopt;
    adopt.kind = LoopMessage::Kind::kAdopt;
    adopt.fd = fd;
    adopt.text = std::move(address);
    loops_[next_++ % loops_.size()]->push(std::move(adopt));
    return;
  }
  core_->connections.fetch_sub(1);
  core_->refused.fetch_add(1);
  // A word of explanation if it goes at once (under TLS it cannot), and nothing that could be waited for.
  if (core_->tls == nullptr) {
    const Instant now = core_->clock.now();
    const std::string id = new_id("req", now, system_random());
    EdgeResponse refusal =
        room ? problem_response(429, "too_many_connections",
                                "This address has as many connections open as it may.", id)
             : problem_response(503, "server_full", "The server has as many connections open as it can.", id);
    refusal.headers.emplace("Retry-After", "1");
    const std::string bytes = serialize(refusal, AnswerFrame{id, now, false, false, false});
    if (send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
      shutdown(fd, SHUT_WR);
      char request[4096];
      while (recv(fd, request, sizeof request, 0) > 0) {
      }  // What is unread at close() would reset the connection and take the answer along.
    }
  }
  close(fd);
}

// Before there is none: who opens connections and leaves them lying shall not keep others out.
void Acceptor::make_room() {
  const Duration now = core_->clock.monotonic();
  if (now - asked_for_room_ < kAskEvery) return;
  asked_for_room_ = now;
  const auto each = static_cast<std::uint64_t>(core_->options.limits.connections / kSpare) / loops_.size() + 1;
  for (const auto& loop : loops_) {
    LoopMessage ask;
    ask.kind = LoopMessage::Kind::kMakeRoom;
    ask.sequence = each;
    loop->push(std::move(ask));
  }
}

// True: a caller was turned away with the reserve descriptor, which is back in place.
bool Acceptor::shed_one() {
  if (reserve_ >= 0) close(reserve_);
  // accept4() wants a descriptor before it looks whether anybody waits, so nobody may.
  const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd >= 0) {
    core_->refused.fetch_add(1);  // Before the caller can see that it was.
    close(fd);
  }
  reserve_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
  return fd >= 0 && reserve_ >= 0;
}

}  // namespace florin
