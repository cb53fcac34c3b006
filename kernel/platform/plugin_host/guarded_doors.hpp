// The doors as a guarded plugin gets them: outside of its code while they are in use, so its mark is off; closed
// once its operation has been given up; and the Http door remembers whether anything may have left.
#pragma once

#include <florin/http.hpp>
#include <florin/mail.hpp>

#include "kernel/platform/plugin_host/operation.hpp"

namespace florin {

class GuardedHttp final : public Http {
 public:
  GuardedHttp(Http& inner, Operation& operation) : inner_(inner), operation_(operation) {}
  Task<Result<HttpResponse>> send(const HttpRequest& request) override {
    auto never = operation_.never();
    if (!operation_.through_door()) co_await never;
    // Left unless proven otherwise: should the door itself fail, in doubt is the safe side.
    const bool before = left_;
    left_ = true;
    Result<HttpResponse> answer = co_await inner_.send(request);
    if (!answer && answer.error().kind == Error::Kind::kUnreachable) left_ = before;
    if (!operation_.back_from_door()) co_await never;
    co_return answer;
  }
  bool left() const { return left_; }

 private:
  Http& inner_;
  Operation& operation_;
  bool left_ = false;
};

class GuardedMail final : public Mail {
 public:
  GuardedMail(Mail& inner, Operation& operation) : inner_(inner), operation_(operation) {}
  Task<Result<Done>> send(const MailServer& server, const MailMessage& message) override {
    auto never = operation_.never();
    if (!operation_.through_door()) co_await never;
    Result<Done> answer = co_await inner_.send(server, message);
    if (!operation_.back_from_door()) co_await never;
    co_return answer;
  }

 private:
  Mail& inner_;
  Operation& operation_;
};

}  // namespace florin
