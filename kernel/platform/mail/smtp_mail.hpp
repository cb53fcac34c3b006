// The Mail door: a message composed as MIME and handed to its server by POCO's SMTP over TLS, on threads
// of its own, within a deadline.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <florin/mail.hpp>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/executor/executor.hpp"

namespace florin {

// Errors of send() beyond what <florin/mail.hpp> says: kDenied also for a message or a server that we
// refuse ourselves (a line break in a header, no encryption to another machine), since trying again later
// will not help; a recipient that is no address is kInvalid.
class SmtpMail : public Mail {
 public:
  struct Options {
    int threads = 4;      // Mails under way at once; more wait, their deadline running.
    std::string ca_file;  // Extra trusted roots (PEM), for tests.
    std::chrono::milliseconds timeout{30'000};
    std::string greeting_name = "localhost";  // What we call ourselves in EHLO.
  };
  static std::unique_ptr<SmtpMail> make(Executor& executor, Clock& clock, Options options);
  // Ends what is under way and joins the threads.
  virtual void stop() = 0;
};

}  // namespace florin
