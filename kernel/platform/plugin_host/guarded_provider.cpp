// A provider behind its guard. Every operation is the same coroutine: marked, its door watched, what it
// throws translated by what the operation is (an act that may have left us is in doubt, a question failed).
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

template <class Answer, class Request>
Task<Answer> run(Guard& guard, const char* operation, Provider& inner,
                 Task<Answer> (Provider::*call)(Request, Http&), std::type_identity_t<Request> request,
                 Http& http) {
  Guard::Mark mark(guard);
  GuardedHttp door(http, mark);
  Called<Answer> called;
  try {
    mark.enter();
    Task<Answer> task = (inner.*call)(request, door);
    Answer answer = co_await task;
    called.answer.emplace(std::move(answer));
  } catch (...) {
    called.threw = guard.caught(operation);
  }
  mark.leave();
  called.left = door.left();
  co_return settle(guard, operation, std::move(called));
}

class GuardedProvider final : public Provider {
 public:
  GuardedProvider(std::shared_ptr<Guard> guard, std::unique_ptr<Provider> inner)
      : inner_(std::move(guard), std::move(inner)) {}

  Task<AuthorizeResult> authorize(const AuthorizeRequest& request, Http& http) override {
    return run(inner_.guard(), "authorize", *inner_, &Provider::authorize, request, http);
  }
  Task<AuthorizeResult> resume(const ResumeRequest& request, Http& http) override {
    return run(inner_.guard(), "resume", *inner_, &Provider::resume, request, http);
  }
  Task<ModifyResult> capture(const CaptureRequest& request, Http& http) override {
    return run(inner_.guard(), "capture", *inner_, &Provider::capture, request, http);
  }
  Task<ModifyResult> void_payment(const VoidRequest& request, Http& http) override {
    return run(inner_.guard(), "void_payment", *inner_, &Provider::void_payment, request, http);
  }
  Task<ModifyResult> refund(const RefundRequest& request, Http& http) override {
    return run(inner_.guard(), "refund", *inner_, &Provider::refund, request, http);
  }
  Task<Result<AuthorizationLookup>> lookup(const LookupRequest& request, Http& http) override {
    return run(inner_.guard(), "lookup", *inner_, &Provider::lookup, request, http);
  }
  Task<Result<ModificationLookup>> lookup_modification(const LookupRequest& request, Http& http) override {
    return run(inner_.guard(), "lookup_modification", *inner_, &Provider::lookup_modification, request, http);
  }
  Task<Result<std::vector<ProviderEvent>>> parse_webhook(const WebhookRequest& request, Http& http) override {
    return run(inner_.guard(), "parse_webhook", *inner_, &Provider::parse_webhook, request, http);
  }
  Task<Result<Done>> health(Instant now, Http& http) override {
    return run(inner_.guard(), "health", *inner_, &Provider::health, now, http);
  }

 private:
  const Held<Provider> inner_;
};

}  // namespace

std::shared_ptr<Provider> guarded(std::shared_ptr<Guard> guard, std::unique_ptr<Provider> inner) {
  return std::make_shared<GuardedProvider>(std::move(guard), std::move(inner));
}

}  // namespace florin
