// A load that comes by the clock, whether answers come or not (or, at rate 0, a closed loop: the next request
// when the one before is answered): so many POSTs a second over keep-alive connections, one request at a time on each. A request's time counts from when it was due, so that one which
// had to wait for a free connection is not made to look fast. Prints one line of JSON: what was answered, how
// often, how fast. The load drills and ./dev bench run it; a closed loop (wrk) asks less the slower it is served.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

constexpr std::int64_t kAmounts = 80'000;

struct Options {
  std::uint16_t port = 0;
  std::int64_t rate = 100, seconds = 1, connections = 64;
  std::int64_t patience = 15;  // Seconds that answers may take after the last request.
  // In the body "@" stands for the amount: they rise from the first on and begin again, below those by which
  // the test provider is told to refuse (90005 and more).
  std::int64_t first_amount = 1000;  // For the test provider at most 10,000.
  std::string key, body, path = "/api/v1/payments";
};

struct Connection {
  int fd = -1;
  bool busy = false;
  Clock::time_point due;
  std::string came;
};

// Status to the time of each answer, microseconds.
struct Seen {
  std::map<int, std::vector<std::int64_t>> times;
  std::int64_t told_when = 0;  // Answers 429 or 503 with Retry-After.
  std::int64_t broken = 0;     // Connections that ended under a request.
};

[[noreturn]] void fail(const std::string& what) {
  std::perror(what.c_str());
  std::exit(2);
}

class OpenLoop {
 public:
  explicit OpenLoop(Options options) : options_(std::move(options)), epoll_(epoll_create1(0)), timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK)) {
    if (epoll_ < 0 || timer_ < 0) fail("open_loop");
    watch(timer_, nullptr);
    connections_.resize(static_cast<std::size_t>(options_.connections));
    for (Connection& one : connections_) {
      dial(one);
      idle_.push_back(&one);
    }
  }

  Seen run() {
    began_ = Clock::now();
    const auto last = began_ + std::chrono::seconds(options_.seconds);
    const auto end = last + std::chrono::seconds(options_.patience);
    for (auto now = began_; (now < last || answered_ < sent_) && now < end; now = Clock::now()) {
      for (auto due = due_at(now); now < last && due <= now && !idle_.empty(); due = due_at(now)) send(due);
      set_timer(now < last && !idle_.empty() ? due_at(now) : now + std::chrono::milliseconds(100));
      hear();
    }
    return std::move(seen_);
  }
  std::int64_t sent() const { return sent_; }
  std::int64_t answered() const { return answered_; }

 private:
  // When the next is to be sent. What could not be sent in its time, for want of a connection, is not dropped.
  Clock::time_point due_at(Clock::time_point now) const {
    return options_.rate == 0 ? now : began_ + nanoseconds(sent_ * 1'000'000'000 / options_.rate);
  }

  void watch(int fd, Connection* connection) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connection;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
  }

  void dial(Connection& connection) const {
    connection.fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(options_.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connection.fd < 0 || connect(connection.fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
    const int on = 1;
    setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(connection.fd, &connection);
  }

  void set_timer(Clock::time_point when) const {
    const auto left = std::max(nanoseconds(1), nanoseconds(when - Clock::now()));
    itimerspec in{};
    in.it_value.tv_sec = left.count() / 1'000'000'000;
    in.it_value.tv_nsec = left.count() % 1'000'000'000;
    timerfd_settime(timer_, 0, &in, nullptr);
  }

  void send(Clock::time_point due) {
    Connection& connection = *idle_.front();
    idle_.pop_front();
    connection.busy = true;
    connection.due = due;
    std::string body = options_.body;
    if (const std::size_t at = body.find('@'); at != std::string::npos) body.replace(at, 1, std::to_string(options_.first_amount + sent_ % kAmounts));
    const std::string bytes = "POST " + options_.path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + options_.key +
                        "\r\nContent-Type: application/json\r\nIdempotency-Key: open-" + std::to_string(getpid()) + "-" +
                        std::to_string(began_.time_since_epoch().count()) + "-" + std::to_string(sent_) +
                        "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    ++sent_;
    if (::send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) lost(connection);
  }

  void hear() {
    epoll_event events[256];
    const int count = epoll_wait(epoll_, events, 256, -1);
    for (int i = 0; i < count; ++i) {
      auto* connection = static_cast<Connection*>(events[i].data.ptr);
      if (connection != nullptr) {
        read(*connection);
        continue;
      }
      std::uint64_t rings = 0;
      if (::read(timer_, &rings, sizeof rings) < 0) continue;  // Set anew meanwhile.
    }
  }

  void read(Connection& connection) {
    char buffer[16 * 1024];
    const ssize_t got = recv(connection.fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return lost(connection);
    connection.came.append(buffer, static_cast<std::size_t>(got));
    const std::size_t head = connection.came.find("\r\n\r\n");
    if (head == std::string::npos) return;
    const std::size_t length = connection.came.find("Content-Length: ");
    const std::size_t body = length < head ? std::strtoul(connection.came.c_str() + length + 16, nullptr, 10) : 0;
    if (connection.came.size() < head + 4 + body) return;
    const int status = std::atoi(connection.came.c_str() + 9);
    seen_.times[status].push_back(std::chrono::duration_cast<microseconds>(Clock::now() - connection.due).count());
    if ((status == 429 || status == 503) && connection.came.find("\r\nRetry-After: ") < head) ++seen_.told_when;
    connection.came.clear();
    rest(connection);
  }

  void lost(Connection& connection) {
    if (connection.busy) ++seen_.broken;
    close(connection.fd);
    connection.came.clear();
    dial(connection);
    if (connection.busy) rest(connection);
  }

  void rest(Connection& connection) {
    ++answered_;
    connection.busy = false;
    idle_.push_back(&connection);
  }

  const Options options_;
  const int epoll_, timer_;
  std::vector<Connection> connections_;
  std::deque<Connection*> idle_;
  Clock::time_point began_;
  std::int64_t sent_ = 0, answered_ = 0;
  Seen seen_;
};

void print(const OpenLoop& loop, Seen seen) {
  std::printf("{\"sent\":%lld,\"unanswered\":%lld,\"broken\":%lld,\"told_when\":%lld,\"answers\":{", static_cast<long long>(loop.sent()),
              static_cast<long long>(loop.sent() - loop.answered()), static_cast<long long>(seen.broken), static_cast<long long>(seen.told_when));
  const char* comma = "";
  for (auto& [status, times] : seen.times) {
    std::sort(times.begin(), times.end());
    const auto at = [&times = times](std::size_t per_cent) {
      return static_cast<long long>(times[std::min(times.size() - 1, times.size() * per_cent / 100)]);
    };
    std::printf("%s\"%d\":{\"count\":%zu,\"p50_us\":%lld,\"p99_us\":%lld,\"max_us\":%lld}", comma, status, times.size(), at(50), at(99),
                static_cast<long long>(times.back()));
    comma = ",";
  }
  std::printf("}}\n");
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--port") options.port = static_cast<std::uint16_t>(std::stoi(value));
    if (name == "--rate") options.rate = std::stoll(value);
    if (name == "--seconds") options.seconds = std::stoll(value);
    if (name == "--connections") options.connections = std::stoll(value);
    if (name == "--patience") options.patience = std::stoll(value);
    if (name == "--first-amount") options.first_amount = std::stoll(value);
    if (name == "--key") options.key = value;
    if (name == "--body") options.body = value;
  }
  if (options.port == 0 || options.rate < 0) {
    std::fputs("open_loop: --port N --rate N --seconds N --connections N --patience N --first-amount N --key KEY --body JSON\n", stderr);
    return 2;
  }
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  OpenLoop loop(options);
  Seen seen = loop.run();
  print(loop, std::move(seen));
}
