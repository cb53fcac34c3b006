// Plain POSIX sockets, a thread a connection: slow, obvious, and free of the libraries under test.
#include "tests/support/raw_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

namespace florin::test {
namespace {

int listen_on_loopback(std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (listener < 0 || ::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener, 128) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no loopback port to listen on");
  port = ntohs(address.sin_port);
  return listener;
}

std::size_t content_length(std::string head) {
  std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::size_t at = head.find("content-length: ");
  std::size_t length = 0;
  if (at != std::string::npos) std::from_chars(head.data() + at + 16, head.data() + head.size(), length);
  return length;
}

}  // namespace

std::string RawPeer::read_line() {
  std::string line;
  char c = 0;
  while (::recv(descriptor_, &c, 1, 0) == 1) {
    line += c;
    if (c == '\n') return line;
  }
  return "";
}

std::string RawPeer::read_request() {
  std::string request;
  for (std::string line = read_line(); line != "\r\n"; line = read_line()) {
    if (line.empty()) return "";
    request += line;
  }
  request += "\r\n";
  std::string body(content_length(request), '\0');
  for (std::size_t have = 0; have < body.size();) {
    const ssize_t got = ::recv(descriptor_, body.data() + have, body.size() - have, 0);
    if (got <= 0) return "";
    have += static_cast<std::size_t>(got);
  }
  return request + body;
}

bool RawPeer::say(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawPeer::wait_until_gone() {
  char byte = 0;
  while (::recv(descriptor_, &byte, 1, 0) == 1) {
  }
}

void RawPeer::reset() {
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

struct RawServer::State {
  Script script;
  std::uint16_t port = 0;
  int listener = -1;
  std::mutex mutex;
  bool stopping = false;
  std::list<int> open;
  std::list<std::thread> threads;
  std::atomic<int> connections{0};
  std::thread acceptor;

  void accept_all() {
    for (;;) {
      const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0) return;
      const std::lock_guard lock(mutex);
      if (stopping) {
        ::close(descriptor);
        return;
      }
      open.push_back(descriptor);
      threads.emplace_back([this, descriptor, nth = connections++] { serve(descriptor, nth); });
    }
  }
  void serve(int descriptor, int nth) {
    RawPeer peer(descriptor);
    script(peer, nth);
    const std::lock_guard lock(mutex);
    open.remove(descriptor);
    ::close(descriptor);
  }
};

RawServer::RawServer(Script script) : state_(std::make_unique<State>()) {
  state_->script = std::move(script);
  state_->listener = listen_on_loopback(state_->port);
  state_->acceptor = std::thread([state = state_.get()] { state->accept_all(); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    for (const int descriptor : state_->open) ::shutdown(descriptor, SHUT_RDWR);
  }
  stop_listening();
  state_->acceptor.join();
  ::close(state_->listener);
  for (std::thread& thread : state_->threads) thread.join();
}

std::uint16_t RawServer::port() const { return state_->port; }
std::string RawServer::url() const { return fmt::format("http://127.0.0.1:{}", state_->port); }
void RawServer::stop_listening() { ::shutdown(state_->listener, SHUT_RDWR); }
int RawServer::connections() const { return state_->connections; }

std::uint16_t closed_port() {
  std::uint16_t port = 0;
  ::close(listen_on_loopback(port));
  return port;
}

}  // namespace florin::test
