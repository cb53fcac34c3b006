// An Edge on a free port with an executor and a clock of its own, for the edge's tests and benches.
#pragma once

#include <memory>
#include <stdexcept>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/edge/edge.hpp"
#include "kernel/platform/executor/executor.hpp"

namespace florin::testing {

class EdgeUnderTest {
 public:
  explicit EdgeUnderTest(EdgeHandler handler, EdgeOptions options = {}, WebSocketHandler* sockets = nullptr)
      : clock_(executor_) {
    options.port = 0;
    options.addresses = {"127.0.0.1"};
    if (options.loops == 0) options.loops = 2;
    auto opened = Edge::open(std::move(options), executor_, clock_, std::move(handler), sockets);
    if (!opened) throw std::runtime_error(opened.error().message);
    edge_ = std::move(*opened);
  }
  ~EdgeUnderTest() {
    edge_.reset();
    clock_.stop();
    executor_.drain(std::chrono::seconds(5));
  }

  std::uint16_t port() const { return edge_->port(); }
  Edge& edge() { return *edge_; }
  SystemClock& clock() { return clock_; }
  ThreadExecutor& executor() { return executor_; }

 private:
  ThreadExecutor executor_{2};
  SystemClock clock_;
  std::unique_ptr<Edge> edge_;
};

}  // namespace florin::testing
