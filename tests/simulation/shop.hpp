// Merchants' backends and their payers. Each order is a story of its own: pay, perhaps by a challenge or a
// redirect, perhaps capture, cancel, refund; every request under a key and repeated until there is an answer.
#pragma once

#include <memory>
#include <string>

#include <florin/json.hpp>

#include "tests/simulation/daemon.hpp"

namespace florin::simulation {

class Shops {
 public:
  Shops(Timeline& timeline, Weather& weather, Daemon& daemon, FarSides& far_sides, Oracles& oracles);

  // `orders` of them, spread over the next `within`.
  void open(std::int64_t orders, Duration within);
  std::int64_t at_work() const { return executor_.running(); }
  // One plain payment, which must be answered with success within five seconds (I10).
  void probe(const std::string& merchant);
  // A provider's webhook on its way to the daemon.
  void bring(SandboxWebhook webhook);

  // An answer as a client got it. None came: status 0.
  struct Reply {
    int status = 0;
    Json body = Json::object();
    bool replayed = false;
  };

 private:
  struct Story;
  struct Ask {
    std::string method, path, merchant, key, body;
    bool alone = false;  // Never with a twin.
  };
  Task<void> tell(std::shared_ptr<Story> story, Duration start);
  Task<bool> pay(Story& story);
  Task<void> act_as_payer(Story& story);
  Task<void> after_payment(Story& story);
  Task<void> modify(Story& story, std::string what, Json body);
  Task<void> await_status(Story& story);
  Task<void> run_probe(std::string merchant);
  Task<void> deliver(SandboxWebhook webhook);
  // Once; and until there is an answer, perhaps with a twin at the same moment.
  Task<Reply> ask_once(Ask ask);
  Task<Reply> ask(Ask ask);
  Task<void> twin(Ask ask);
  void learn(Story& story, const Json& payment);
  Ask post(const Story& story, const std::string& path, const Json& body);
  void send(EdgeRequest request, const Ask& ask, std::function<void(Reply)> got);

  Timeline& timeline_;
  Weather& weather_;
  Daemon& daemon_;
  FarSides& far_sides_;
  Oracles& oracles_;
  SimExecutor executor_;
  SimClock clock_;
  std::map<std::string, std::int64_t> orders_;  // By merchant: tags count up, so that two merchants share them.
  std::int64_t requests_ = 0;
};

}  // namespace florin::simulation
