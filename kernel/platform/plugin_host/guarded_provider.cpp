// A provider behind its guard. Every operation is carried the same way: marked, its door watched, what it throws, or
// that it never ends, translated by what the operation is (an act that may have left us is in doubt, a question failed).
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "kernel/platform/plugin_host/answers.hpp"
#include "kernel/platform/plugin_host/guard.hpp"
#include "kernel/platform/plugin_host/guarded_doors.hpp"

namespace florin {
namespace {

template <class Answer>
struct Called {
  std::optional<Answer> answer;
  std::string threw;  // When there is no answer.
  bool left = false;
};

Error failed(std::string why) { return {Error::Kind::kBroken, std::move(why), "plugin_failed", ""}; }

template <class Outcome>
Result<Outcome> settle_act(Guard& guard, const char* operation, Called<Result<Outcome>> called) {
  if (called.answer) return answers::checked(guard, operation, std::move(*called.answer), called.left);
  if (called.left) return Outcome{InDoubt{called.threw, ""}};
  return failed(called.threw);
}
AuthorizeResult settle(Guard& guard, const char* operation, Called<AuthorizeResult> called) {
  return settle_act(guard, operation, std::move(called));
}
ModifyResult settle(Guard& guard, const char* operation, Called<ModifyResult> called) {
  return settle_act(guard, operation, std::move(called));
}
template <class Answer>
Answer settle(Guard& guard, const char* operation, Called<Answer> called) {
  if (!called.answer) return failed(called.threw);
  return answers::checked(guard, operation, std::move(*called.answer));
}
Result<Done> settle(Guard&, const char*, Called<Result<Done>> called) {
  if (!called.answer) return failed(called.threw);
  return *called.answer;
}

// All that one call of a plugin needs, owned by the operation: it may outlive whoever asked.
template <class Answer, class Request>
struct ProviderCall {
  std::shared_ptr<const Held<Provider>> inner;
  Task<Answer> (Provider::*method)(Request, Http&);
  std::decay_t<Request> request;
  Http& http;
  std::optional<GuardedHttp> door;

  Task<Answer> operator()(Operation& operation) {
    door.emplace(http, operation);
    return ((**inner).*method)(request, *door);
  }
};

template <class Answer, class Request>
Task<Answer> run(std::shared_ptr<const Held<Provider>> inner, const char* name,
                 Task<Answer> (Provider::*method)(Request, Http&), std::type_identity_t<Request> request,
                 Http& http) {
  using Call = ProviderCall<Answer, Request>;
  const std::shared_ptr<Guard> guard = inner->shared_guard();
  auto operation = std::make_shared<Pending<Answer, Call>>(guard, std::move(inner), method, request, http, std::nullopt);
  Task<void> carrying = carry(operation, name);
  co_await carrying;
  Called<Answer> called;
  const auto& door = operation->call.door;
  called.left = door && door->left();
  called.threw = std::move(operation->threw);
  if (called.threw.empty()) called.answer = std::move(operation->answer);
  co_return settle(*guard, name, std::move(called));
}

class GuardedProvider final : public Provider {
 public:
  GuardedProvider(std::shared_ptr<Guard> guard, std::unique_ptr<Provider> inner)
      : inner_(std::make_shared<const Held<Provider>>(std::move(guard), std::move(inner))) {}

  Task<AuthorizeResult> authorize(const AuthorizeRequest& request, Http& http) override {
    return run(inner_, "authorize", &Provider::authorize, request, http);
  }
  Task<AuthorizeResult> resume(const ResumeRequest& request, Http& http) override {
    return run(inner_, "resume", &Provider::resume, request, http);
  }
  Task<ModifyResult> capture(const CaptureRequest& request, Http& http) override {
    return run(inner_, "capture", &Provider::capture, request, http);
  }
  Task<ModifyResult> void_payment(const VoidRequest& request, Http& http) override {
    return run(inner_, "void_payment", &Provider::void_payment, request, http);
  }
  Task<ModifyResult> refund(const RefundRequest& request, Http& http) override {
    return run(inner_, "refund", &Provider::refund, request, http);
  }
  Task<Result<AuthorizationLookup>> lookup(const LookupRequest& request, Http& http) override {
    return run(inner_, "lookup", &Provider::lookup, request, http);
  }
  Task<Result<ModificationLookup>> lookup_modification(const LookupRequest& request, Http& http) override {
    return run(inner_, "lookup_modification", &Provider::lookup_modification, request, http);
  }
  Task<Result<std::vector<ProviderEvent>>> parse_webhook(const WebhookRequest& request, Http& http) override {
    return run(inner_, "parse_webhook", &Provider::parse_webhook, request, http);
  }
  Task<Result<Done>> health(Instant now, Http& http) override {
    return run(inner_, "health", &Provider::health, now, http);
  }

 private:
  const std::shared_ptr<const Held<Provider>> inner_;
};

}  // namespace

std::shared_ptr<Provider> guarded(std::shared_ptr<Guard> guard, std::unique_ptr<Provider> inner) {
  return std::make_shared<GuardedProvider>(std::move(guard), std::move(inner));
}

}  // namespace florin
