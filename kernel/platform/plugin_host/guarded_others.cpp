// Notifiers, fraud rules and sandboxes behind their guards.
#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "kernel/platform/plugin_host/guard.hpp"
#include "kernel/platform/plugin_host/guarded_doors.hpp"

namespace florin {
namespace {

constexpr Duration kWindowMax = std::chrono::days(31);
constexpr Duration kWindowMin = std::chrono::seconds(1);

class GuardedNotifier final : public Notifier {
 public:
  GuardedNotifier(std::shared_ptr<Guard> guard, std::unique_ptr<Notifier> inner)
      : inner_(std::move(guard), std::move(inner)) {}

  Task<Delivery> notify(const Notification& notification, Http& http, Mail& mail) override {
    Guard::Mark mark(inner_.guard());
    GuardedHttp http_door(http, mark);
    GuardedMail mail_door(mail, mark);
    Delivery delivery;
    try {
      mark.enter();
      Task<Delivery> task = (*inner_).notify(notification, http_door, mail_door);
      delivery = co_await task;
    } catch (...) {
      delivery.outcome = Delivery::Outcome::kTryLater;
      delivery.detail = inner_.guard().caught("notify");
    }
    mark.leave();
    if (delivery.retry_after < Duration(0)) delivery.retry_after = Duration(0);
    co_return delivery;
  }

 private:
  const Held<Notifier> inner_;
};

class GuardedFraudRule final : public FraudRule {
 public:
  GuardedFraudRule(std::shared_ptr<Guard> guard, std::unique_ptr<FraudRule> inner)
      : inner_(std::move(guard), std::move(inner)) {}

  std::vector<WindowQuery> windows() const override {
    auto queries = call("windows", [](const FraudRule& rule) { return rule.windows(); });
    for (WindowQuery& query : queries) query.within = std::clamp(query.within, kWindowMin, kWindowMax);
    return queries;
  }
  std::vector<HistoryQuery> histories() const override {
    return call("histories", [](const FraudRule& rule) { return rule.histories(); });
  }
  // A rule that failed has no score; its only reason says so, for the decision's record.
  Signal score(const RiskInput& input) const override {
    Signal signal = call("score", [&input](const FraudRule& rule) { return rule.score(input); });
    signal.score = std::clamp(signal.score, 0, 100);
    return signal;
  }

 private:
  template <class Ask>
  auto call(const char* operation, Ask ask) const -> decltype(ask(std::declval<const FraudRule&>())) {
    Guard::Mark mark(inner_.guard());
    try {
      mark.enter();
      return ask(*inner_);
    } catch (...) {
      return failed<decltype(ask(*inner_))>(inner_.guard().caught(operation));
    }
  }
  template <class Answer>
  static Answer failed(std::string why) {
    if constexpr (std::is_same_v<Answer, Signal>)
      return Signal{0, {std::move(why)}};
    else
      return Answer{};
  }

  const Held<FraudRule> inner_;
};

class GuardedSandbox final : public Sandbox {
 public:
  GuardedSandbox(std::shared_ptr<Guard> guard, std::unique_ptr<Sandbox> inner)
      : inner_(std::move(guard), std::move(inner)) {}

  SandboxReply handle(const SandboxCall& call, Books& books) override {
    Guard::Mark mark(inner_.guard());
    try {
      mark.enter();
      return (*inner_).handle(call, books);
    } catch (...) {
      SandboxReply reply;
      reply.response.status = 500;
      reply.response.headers["Content-Type"] = "text/plain";
      reply.response.body = inner_.guard().caught("handle");
      return reply;
    }
  }

 private:
  const Held<Sandbox> inner_;
};

}  // namespace

std::shared_ptr<Notifier> guarded(std::shared_ptr<Guard> guard, std::unique_ptr<Notifier> inner) {
  return std::make_shared<GuardedNotifier>(std::move(guard), std::move(inner));
}
std::shared_ptr<FraudRule> guarded(std::shared_ptr<Guard> guard, std::unique_ptr<FraudRule> inner) {
  return std::make_shared<GuardedFraudRule>(std::move(guard), std::move(inner));
}
std::shared_ptr<Sandbox> guarded(std::shared_ptr<Guard> guard, std::unique_ptr<Sandbox> inner) {
  return std::make_shared<GuardedSandbox>(std::move(guard), std::move(inner));
}

}  // namespace florin
