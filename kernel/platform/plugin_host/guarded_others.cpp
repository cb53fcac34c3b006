// Notifiers, fraud rules and sandboxes behind their guards.
#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "kernel/platform/plugin_host/guard.hpp"
#include "kernel/platform/plugin_host/guarded_doors.hpp"

namespace florin {
namespace {

constexpr Duration kWindowMax = std::chrono::days(31);
constexpr Duration kWindowMin = std::chrono::seconds(1);

struct NotifyCall {
  std::shared_ptr<const Held<Notifier>> inner;
  Notification notification;
  Http& http;
  Mail& mail;
  std::optional<GuardedHttp> http_door;
  std::optional<GuardedMail> mail_door;

  Task<Delivery> operator()(Operation& operation) {
    http_door.emplace(http, operation);
    mail_door.emplace(mail, operation);
    return (**inner).notify(notification, *http_door, *mail_door);
  }
};

class GuardedNotifier final : public Notifier {
 public:
  GuardedNotifier(std::shared_ptr<Guard> guard, std::unique_ptr<Notifier> inner)
      : inner_(std::make_shared<const Held<Notifier>>(std::move(guard), std::move(inner))) {}

  Task<Delivery> notify(const Notification& notification, Http& http, Mail& mail) override {
    NotifyCall call{inner_, notification, http, mail, std::nullopt, std::nullopt};
    auto operation = std::make_shared<Pending<Delivery, NotifyCall>>(inner_->shared_guard(), std::move(call));
    Task<void> carrying = carry(operation, "notify");
    co_await carrying;
    Delivery delivery;
    if (operation->threw.empty()) {
      delivery = std::move(*operation->answer);
    } else {
      delivery.outcome = Delivery::Outcome::kTryLater;
      delivery.detail = std::move(operation->threw);
    }
    if (delivery.retry_after < Duration(0)) delivery.retry_after = Duration(0);
    co_return delivery;
  }

 private:
  const std::shared_ptr<const Held<Notifier>> inner_;
};

class GuardedFraudRule final : public FraudRule {
 public:
  GuardedFraudRule(std::shared_ptr<Guard> guard, std::unique_ptr<FraudRule> inner)
      : inner_(std::move(guard), std::move(inner)) {
    Guard::Mark mark(inner_.guard());
    try {
      mark.enter();
      windows_ = (*inner_).windows();
      histories_ = (*inner_).histories();
    } catch (...) {
      // A rule whose questions are not known would judge the answers to others: it is never asked.
      broken_ = failed("windows or histories");
      windows_.clear();
    }
    for (WindowQuery& query : windows_) query.within = std::clamp(query.within, kWindowMin, kWindowMax);
  }

  std::vector<WindowQuery> windows() const override { return windows_; }
  std::vector<HistoryQuery> histories() const override { return histories_; }
  Result<Signal> score(const RiskInput& input) const override {
    if (broken_) return *broken_;
    Guard::Mark mark(inner_.guard());
    try {
      mark.enter();
      Result<Signal> signal = (*inner_).score(input);
      if (signal) signal->score = std::clamp(signal->score, 0, 100);
      return signal;
    } catch (...) {
      return failed("score");
    }
  }

 private:
  Error failed(const char* operation) const {
    return Error{Error::Kind::kBroken, inner_.guard().caught(operation), "", ""};
  }

  const Held<FraudRule> inner_;
  std::vector<WindowQuery> windows_;
  std::vector<HistoryQuery> histories_;
  std::optional<Error> broken_;
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
