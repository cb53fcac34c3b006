// The doors as a guarded plugin gets them: outside of its code while they are in use, so its mark is off;
// and the Http door remembers whether anything may have left.
#pragma once

#include <florin/http.hpp>
#include <florin/mail.hpp>

#include "kernel/platform/plugin_host/guard.hpp"

namespace florin {

class GuardedHttp final : public Http {
 public:
  GuardedHttp(Http& inner, Guard::Mark& mark) : inner_(inner), mark_(mark) {}
  Task<Result<HttpResponse>> send(const HttpRequest& request) override {
    mark_.leave();
    // Left unless proven otherwise: should the door itself fail, in doubt is the safe side.
    const bool before = left_;
    left_ = true;
    Result<HttpResponse> answer = co_await inner_.send(request);
    if (!answer && answer.error().kind == Error::Kind::kUnreachable) left_ = before;
    mark_.enter();
    co_return answer;
  }
  bool left() const { return left_; }

 private:
  Http& inner_;
  Guard::Mark& mark_;
  bool left_ = false;
};

class GuardedMail final : public Mail {
 public:
  GuardedMail(Mail& inner, Guard::Mark& mark) : inner_(inner), mark_(mark) {}
  Task<Result<Done>> send(const MailServer& server, const MailMessage& message) override {
    mark_.leave();
    Result<Done> answer = co_await inner_.send(server, message);
    mark_.enter();
    co_return answer;
  }

 private:
  Mail& inner_;
  Guard::Mark& mark_;
};

}  // namespace florin
