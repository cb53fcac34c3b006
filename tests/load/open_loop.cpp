// Rounds of sending what is due and reading what has come.
#include "tests/load/open_loop.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace florin::load {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kRound = 100'000;
constexpr std::int64_t kAmounts = 80'000;
// Sent at a time when much is overdue, before answers are read again.
constexpr int kMostAtATime = 256;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(2);
}

std::int64_t monotonic() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

void sleep_until(std::int64_t when) {
  const timespec at{when / kSecond, when % kSecond};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
}

std::int64_t cpu_us() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000'000 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

std::size_t length_of(std::string_view head) {
  static constexpr std::string_view kName = "\r\nContent-Length: ";
  const std::size_t at = head.find(kName);
  std::size_t length = 0;
  if (at != std::string_view::npos) std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
  return length;
}

}  // namespace

OpenLoop::OpenLoop(Options options)
    : options_(std::move(options)),
      epoll_(epoll_create1(0)),
      connections_(static_cast<std::size_t>(options_.connections)),
      text_(options_.path, options_.key, std::to_string(getpid()) + "-" + std::to_string(monotonic()), options_.body) {
  if (epoll_ < 0) fail("epoll_create1");
  for (Connection& one : connections_) {
    dial(one);
    idle_.push_back(&one);
  }
}

Seen OpenLoop::run() {
  const std::int64_t cpu_before = cpu_us();
  began_ = monotonic();
  const std::int64_t last = began_ + options_.seconds * kSecond, end = last + options_.patience * kSecond;
  std::int64_t now = began_;
  for (std::int64_t before = now; now < last; before = now) {
    send_due(now);
    round(now);
    now = monotonic();
    seen_.stood_us = std::max(seen_.stood_us, (now - before) / 1000);
  }
  send_due(last - 1);  // What the last round was too late for.
  seen_.cpu_us = cpu_us() - cpu_before;
  for (; seen_.answered < seen_.sent && now < end; now = monotonic()) round(now);
  return std::move(seen_);
}

void OpenLoop::dial(Connection& connection) const {
  connection.fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(options_.port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connection.fd < 0 || connect(connection.fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
  const int on = 1;
  setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = &connection;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event) != 0) fail("epoll_ctl");
}

// When the next is to be sent. What could not be sent in its time, for want of a connection, is not dropped.
std::int64_t OpenLoop::due_at(std::int64_t now) const {
  if (options_.rate == 0) return now;
  const std::int64_t whole = seen_.sent / options_.rate, part = seen_.sent % options_.rate;
  return began_ + whole * kSecond + part * kSecond / options_.rate;
}

void OpenLoop::send_due(std::int64_t now) {
  for (int some = 0; some < kMostAtATime; ++some) {
    const std::int64_t due = due_at(now);
    if (due > now) return;
    if (idle_.empty()) {
      ++seen_.no_connection;
      return;
    }
    send(due, now);
  }
}

void OpenLoop::send(std::int64_t due, std::int64_t now) {
  Connection& connection = *idle_.front();
  idle_.pop_front();
  connection.busy = true;
  connection.due = due;
  seen_.late.add((now - due) / 1000);
  const std::string_view bytes = text_.of(seen_.sent, options_.first_amount + seen_.sent % kAmounts);
  ++seen_.sent;
  if (::send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) != static_cast<ssize_t>(bytes.size())) lost(connection);
}

// Reads what has come, and sleeps for the rest of the round.
void OpenLoop::round(std::int64_t began) {
  std::array<epoll_event, 1024> events;
  const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) read(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
  sleep_until(began + kRound);
}

void OpenLoop::read(Connection& connection) {
  std::array<char, 16 * 1024> buffer;
  for (;;) {
    const ssize_t got = recv(connection.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return lost(connection);
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    const bool whole = connection.came.empty() ? take(connection, bytes) : take(connection, connection.came.append(bytes));
    if (whole) {
      connection.came.clear();
    } else if (connection.came.empty()) {
      connection.came = bytes;
    }
    // Edge-triggered: only a full buffer can have left something behind.
    if (bytes.size() < buffer.size()) return;
  }
}

// True: `answer` is whole, and counted.
bool OpenLoop::take(Connection& connection, std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  if (end == std::string_view::npos) return false;
  const std::string_view head = answer.substr(0, end);
  if (answer.size() < end + 4 + length_of(head)) return false;
  const int status = std::atoi(head.data() + 9);
  seen_.answers[status].add((monotonic() - connection.due) / 1000);
  if ((status == 429 || status == 503) && head.find("\r\nRetry-After: ") != std::string_view::npos) ++seen_.told_when;
  rest(connection);
  return true;
}

void OpenLoop::lost(Connection& connection) {
  close(connection.fd);
  connection.came.clear();
  dial(connection);
  if (!connection.busy) return;
  ++seen_.broken;
  rest(connection);
}

void OpenLoop::rest(Connection& connection) {
  ++seen_.answered;
  connection.busy = false;
  idle_.push_back(&connection);
}

}  // namespace florin::load
