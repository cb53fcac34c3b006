// Blocking sockets with a time-out, and just enough HTTP to tell answers apart.
#include "tests/support/raw_http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace florin::testing {
namespace {

SSL_CTX* client_context() {
  static SSL_CTX* const context = [] {
    // OpenSSL writes with write(); a server that has closed must be an error, not a signal.
    std::signal(SIGPIPE, SIG_IGN);
    return SSL_CTX_new(TLS_client_method());
  }();
  return context;
}

}  // namespace

RawHttpClient::RawHttpClient(std::uint16_t port, bool tls, std::chrono::milliseconds patience)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0) throw std::runtime_error(std::string("no socket: ") + std::strerror(errno));
  timeval limit{patience.count() / 1000, patience.count() % 1000 * 1000};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    const int error = errno;
    close(fd_);
    throw std::runtime_error(std::string("cannot connect: ") + std::strerror(error));
  }
  if (!tls) return;
  ssl_ = SSL_new(client_context());
  SSL_set_fd(ssl_, fd_);
  if (SSL_connect(ssl_) != 1) {
    SSL_free(ssl_);
    close(fd_);
    throw std::runtime_error("the TLS handshake failed");
  }
}

RawHttpClient::RawHttpClient(RawHttpClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      ssl_(std::exchange(other.ssl_, nullptr)),
      unread_(std::move(other.unread_)) {}

RawHttpClient::~RawHttpClient() {
  if (ssl_ != nullptr) SSL_free(ssl_);
  if (fd_ >= 0) close(fd_);
}

bool RawHttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                        : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void RawHttpClient::end_sending() { shutdown(fd_, SHUT_WR); }

bool RawHttpClient::fill() {
  char bytes[16 * 1024];
  const ssize_t got =
      ssl_ != nullptr ? SSL_read(ssl_, bytes, sizeof bytes) : recv(fd_, bytes, sizeof bytes, 0);
  if (got <= 0) return false;
  unread_.append(bytes, static_cast<std::size_t>(got));
  return true;
}

RawAnswer RawHttpClient::answer(bool head_only) {
  std::size_t head = 0;
  while ((head = unread_.find("\r\n\r\n")) == std::string::npos)
    if (!fill()) return {};
  RawAnswer answer;
  const std::string text = unread_.substr(0, head + 2);
  unread_.erase(0, head + 4);
  answer.status = std::atoi(text.substr(9, 3).c_str());
  for (std::size_t line = text.find("\r\n") + 2; line < text.size();) {
    const std::size_t end = text.find("\r\n", line), colon = text.find(": ", line);
    if (colon < end)
      answer.headers[text.substr(line, colon - line)] = text.substr(colon + 2, end - colon - 2);
    line = end + 2;
  }
  const auto length = answer.headers.find("Content-Length");
  if (length != answer.headers.end() && !head_only) answer.body = read(std::stoul(length->second));
  return answer;
}

RawAnswer RawHttpClient::exchange(std::string_view bytes) {
  send(bytes);
  return answer();
}

std::string RawHttpClient::read(std::size_t count) {
  while (unread_.size() < count && fill()) {
  }
  std::string taken = unread_.substr(0, count);
  unread_.erase(0, taken.size());
  return taken;
}

bool RawHttpClient::ended() {
  errno = 0;
  while (fill()) {
  }
  unread_.clear();
  return errno != EAGAIN && errno != EWOULDBLOCK;
}

std::string get_request(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

std::string post_request(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

}  // namespace florin::testing
