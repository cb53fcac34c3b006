// Composes on the caller's thread, delivers on an I/O thread, waits without one.
#include "kernel/platform/mail/smtp_mail.hpp"

#include <utility>

#include <Poco/Net/NetSSL.h>

#include "kernel/platform/io/io_threads.hpp"
#include "kernel/platform/io/watchdog.hpp"
#include "kernel/platform/mail/mime.hpp"
#include "kernel/platform/mail/smtp_session.hpp"

namespace florin {
namespace {

class Client final : public SmtpMail {
 public:
  Client(Executor& executor, Clock& clock, Options options)
      : executor_(executor),
        clock_(clock),
        options_(std::move(options)),
        dialer_(options_.ca_file),
        threads_(options_.threads) {}
  ~Client() override { stop(); }

  void stop() override {
    watchdog_.stop();
    threads_.stop();
  }

  Task<Result<Done>> send(const MailServer& server, const MailMessage& message) override {
    Result<std::string> mail = compose_mail(message, clock_.now());
    if (!mail) co_return mail.error();
    if (server.port < 1 || server.port > 65535)
      co_return Error{Error::Kind::kDenied, "the mail server's port is no port", "invalid_port", "port"};
    const auto job =
        std::make_shared<MailJob>(executor_, std::chrono::steady_clock::now() + options_.timeout);
    job->server = server;
    job->from = message.from;
    job->to = message.to;
    job->mail = std::move(*mail);
    job->greeting_name = options_.greeting_name;
    const std::unique_ptr<Watchdog::Watch> watch = watchdog_.watch(job);
    start(job);
    Result<Done> sent = co_await job->done;
    // A mail may safely be sent again (its Message-ID is the same), so silence is no class of its own.
    if (!sent && sent.error().kind == Error::Kind::kTimedOut)
      co_return Error{Error::Kind::kBroken, sent.error().message, sent.error().code, ""};
    co_return sent;
  }

 private:
  void start(const std::shared_ptr<MailJob>& job) {
    const bool taken = threads_.submit([this, job] {
      if (job->is_over()) return;  // It has its answer, and nothing was opened.
      Result<Done> sent = deliver(*job, dialer_);
      job->detach();
      job->finish(std::move(sent));
    });
    if (!taken)
      job->finish(
          Error{Error::Kind::kUnreachable, "no I/O thread can be had, or we are stopping", "no_thread", ""});
  }

  Executor& executor_;
  Clock& clock_;
  const Options options_;
  const Dialer dialer_;
  Watchdog watchdog_;
  IoThreads threads_;
};

}  // namespace

std::unique_ptr<SmtpMail> SmtpMail::make(Executor& executor, Clock& clock, Options options) {
  Poco::Net::initializeSSL();
  return std::make_unique<Client>(executor, clock, std::move(options));
}

}  // namespace florin
