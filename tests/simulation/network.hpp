// The network between a process and the far sides, on which the weather plays: requests are refused, lost,
// late; answers are lost, cut, spoilt. It outlives processes: what has left arrives, whoever sent it is dead.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kernel/platform/http_client/http_wire.hpp"
#include "tests/simulation/far_sides.hpp"

namespace florin::simulation {

class Network {
 public:
  // `moment` is called where a crash hurts: when a request leaves, and when it has been acted on.
  // `doubles`: sabotage, for the proof that oracles see it: what is posted arrives twice, as two requests.
  Network(Timeline& timeline, Weather& weather, FarSides& far_sides, std::function<void()> moment, bool doubles)
      : timeline_(timeline), weather_(weather), far_sides_(far_sides), moment_(std::move(moment)), doubles_(doubles) {}
  // The wire of one process, which goes with it.
  std::unique_ptr<HttpWire> wire(SimExecutor& process);

 private:
  struct Exchange;
  class Wire;
  void depart(const std::shared_ptr<Exchange>& exchange);
  void arrive(const std::shared_ptr<Exchange>& exchange);
  void answer(const std::shared_ptr<Exchange>& exchange, Duration pause, Result<HttpResponse> answer);

  Timeline& timeline_;
  Weather& weather_;
  FarSides& far_sides_;
  const std::function<void()> moment_;
  const bool doubles_;
};

}  // namespace florin::simulation
