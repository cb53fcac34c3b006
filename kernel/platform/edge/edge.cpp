// Putting an Edge together, and taking it down in order.
#include "kernel/platform/edge/edge.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

#include <spdlog/spdlog.h>

#include "kernel/platform/edge/edge_core.hpp"
#include "kernel/platform/edge/listener.hpp"
#include "kernel/platform/edge/loop.hpp"
#include "kernel/platform/edge/tls.hpp"

namespace florin {

EdgeCore::EdgeCore(EdgeOptions opened_with, Executor& by, Clock& with, EdgeHandler to,
                   WebSocketHandler* hearing)
    : options(std::move(opened_with)),
      executor(by),
      clock(with),
      handler(std::move(to)),
      sockets(hearing),
      body_limit([this](std::string_view method, std::string_view path) {
        if (options.body_limit)
          if (const auto own = options.body_limit(method, path)) return *own;
        return options.limits.body_bytes;
      }),
      addresses(options.limits),
      admission(options.limits.requests_waiting, options.backlog) {}

EdgeCore::~EdgeCore() = default;

namespace {

class RunningEdge final : public Edge {
 public:
  explicit RunningEdge(std::shared_ptr<EdgeCore> core) : core_(std::move(core)) {
    const unsigned wanted = core_->options.loops;
    const unsigned count = wanted != 0 ? wanted : std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) loops_.push_back(std::make_unique<Loop>(core_));
  }

  void begin(Listening listening) {
    port_ = listening.port;
    std::vector<std::shared_ptr<LoopInbox>> inboxes;
    for (const auto& loop : loops_) inboxes.push_back(loop->inbox());
    for (const int fd : listening.sockets) {
      acceptors_.push_back(std::make_unique<Acceptor>(fd, core_, inboxes));
      loops_.front()->watch(fd, kReadable, acceptors_.back().get());
    }
    for (const auto& loop : loops_) loop->start();
  }

  ~RunningEdge() override {
    core_->draining = true;
    core_->admission.close();
    loops_.clear();  // Before the acceptors that the first loop reports to.
  }

  std::uint16_t port() const override { return port_; }

  bool drain(std::chrono::milliseconds limit) override {
    core_->draining = true;
    for (const auto& acceptor : acceptors_) {
      loops_.front()->unwatch(acceptor->fd());
      acceptor->stop();
    }
    for (const auto& loop : loops_) {
      LoopMessage drain;
      drain.kind = LoopMessage::Kind::kDrain;
      loop->inbox()->push(std::move(drain));
    }
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (core_->connections.load() > 0) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }

  Counts counts() const override {
    return {core_->connections.load(), core_->websockets.load(), core_->requests.load(),
            core_->refused.load(), core_->admission.shed()};
  }

 private:
  static constexpr std::uint32_t kReadable = 1;  // EPOLLIN; level-triggered, so that no caller is forgotten.

  const std::shared_ptr<EdgeCore> core_;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<std::unique_ptr<Loop>> loops_;
};

constexpr std::int64_t kOwnPart = 4;

// A quarter of the descriptors is for the database, the providers and the log: a server whose callers took all
// would let them in and could do nothing for them.
std::int64_t connections_within(std::int64_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return wanted;
  const auto most = static_cast<std::int64_t>(limit.rlim_cur - limit.rlim_cur / kOwnPart);
  if (wanted <= most) return wanted;
  spdlog::warn(
      "at most {} connections instead of {}: this process may have {} open files and keeps a quarter of them for "
      "itself; raise that limit (ulimit -Hn, LimitNOFILE=) or lower server.limits.connections",
      most, wanted, limit.rlim_cur);
  return most;
}

// The kernel's table of a process's descriptors grows when one is wanted, and then it stops the thread that wants it until
// every processor has let go of the old one: for seconds on a busy machine, with all connections of that loop. So it
// grows before anybody comes.
void have_descriptors_for(std::int64_t connections, int any) {
  const int highest = fcntl(any, F_DUPFD_CLOEXEC, static_cast<int>(connections + connections / kOwnPart));
  if (highest >= 0) close(highest);  // Where the system allows no such number the table is as large as it gets, later.
}

}  // namespace

Result<std::unique_ptr<Edge>> Edge::open(EdgeOptions options, Executor& executor, Clock& clock,
                                         EdgeHandler handler, WebSocketHandler* sockets) {
  std::unique_ptr<TlsContext> tls;
  if (!options.certificate_file.empty() || !options.key_file.empty()) {
    auto opened = TlsContext::open(options.certificate_file, options.key_file);
    if (!opened) return opened.error();
    tls = std::move(*opened);
  }
  auto listening = listen_on(options.addresses, options.port);
  if (!listening) return listening.error();
  options.limits.connections = connections_within(options.limits.connections);
  have_descriptors_for(options.limits.connections, listening->sockets.front());
  auto core = std::make_shared<EdgeCore>(std::move(options), executor, clock, std::move(handler), sockets);
  core->tls = std::move(tls);
  auto edge = std::make_unique<RunningEdge>(std::move(core));
  edge->begin(std::move(*listening));
  return std::unique_ptr<Edge>(std::move(edge));
}

}  // namespace florin
