// POCO's SMTP session over a socket that we connected: its own constructor connects without a time-out,
// and its STARTTLS verifies against an empty name when the socket was given to it.
#include "kernel/platform/mail/smtp_session.hpp"

#include <sstream>

#include <Poco/Exception.h>
#include <Poco/Net/DialogSocket.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SMTPClientSession.h>
#include <fmt/format.h>

namespace florin {
namespace {

using Poco::Net::StreamSocket;

Error failure(Error::Kind kind, std::string code, std::string message) {
  return Error{kind, std::move(message), std::move(code), ""};
}

class Session final : public Poco::Net::SMTPClientSession {
 public:
  using SMTPClientSession::SMTPClientSession;

  std::string hello(const std::string& name) {
    std::string answer;
    login(name, answer);
    return answer;
  }

  Result<Done> start_tls(const std::string& host, const Dialer& dialer, Expiring& job) {
    std::string answer;
    if (!isPositiveCompletion(sendCommand("STARTTLS", answer)))
      return failure(Error::Kind::kBroken, "no_starttls",
                     host + " offers no STARTTLS; without encryption we send no mail");
    StreamSocket plain(socket());
    FLORIN_TRY(secured, dialer.secure(plain, host));
    if (!job.attach(secured.impl()->sockfd()))
      return failure(Error::Kind::kBroken, "timed_out", "no time is left");
    // The assignment also drops what was read before the handshake: an attacker in between may have put
    // answers there.
    socket() = secured;
    return Done{};
  }

  void authenticate(const std::string& offered, const std::string& user, const Secret& password) {
    if (offered.find("PLAIN") != std::string::npos)
      loginUsingPlain(user, password.expose());
    else
      loginUsingLogin(user, password.expose());
  }

  // A refusal for good of the one recipient is the recipient's; any other is the server's mood.
  Result<Done> envelope(const std::string& from, const std::string& to) {
    std::string answer;
    if (!isPositiveCompletion(sendCommand(fmt::format("MAIL FROM:<{}>", from), answer)))
      return failure(Error::Kind::kBroken, "sender_refused", "the mail server refuses our sender address");
    const int status = sendCommand(fmt::format("RCPT TO:<{}>", to), answer);
    if (isPermanentNegative(status))
      return failure(Error::Kind::kInvalid, "recipient_refused",
                     fmt::format("the mail server refuses this recipient for good ({})", status));
    if (!isPositiveCompletion(status))
      return failure(Error::Kind::kBroken, "recipient_deferred",
                     fmt::format("the mail server does not take this recipient now ({})", status));
    return Done{};
  }

  void message(const std::string& mail) {
    sendData();
    std::istringstream stream(mail);
    sendMessage(stream);
  }
};

Result<Done> converse(MailJob& job, const Dialer& dialer, StreamSocket& socket) {
  Session session(socket);
  session.setTimeout(Poco::Timespan(job.remaining().count()));
  const std::string& host = job.server.host;
  try {
    session.open();
  } catch (const Poco::Exception& e) {
    return failure(Error::Kind::kUnreachable, "no_greeting", host + " does not greet us: " + e.displayText());
  }
  if (!job.leave()) return failure(Error::Kind::kUnreachable, "connect_timed_out", "no time is left");
  std::string offered = session.hello(job.greeting_name);
  if (job.server.security == MailServer::Security::kStartTls) {
    FLORIN_TRY(secured, session.start_tls(host, dialer, job));
    static_cast<void>(secured);
    offered = session.hello(job.greeting_name);
  }
  if (!job.server.user.empty()) try {
      session.authenticate(offered, job.server.user, job.server.password);
    } catch (const Poco::Net::SMTPException&) {
      // Its text may hold what the server echoed of the credentials.
      return failure(Error::Kind::kDenied, "authentication_refused",
                     host + " refuses our user name or password");
    }
  FLORIN_TRY(named, session.envelope(job.from, job.to));
  static_cast<void>(named);
  session.message(job.mail);
  try {
    session.close();
  } catch (const Poco::Exception&) {
    // The message is accepted; how the server says goodbye changes nothing.
  }
  return Done{};
}

}  // namespace

Result<Done> deliver(MailJob& job, const Dialer& dialer) try {
  const MailServer& server = job.server;
  FLORIN_TRY(socket, dialer.connect(server.host, static_cast<std::uint16_t>(server.port), true, job));
  if (server.security == MailServer::Security::kNone && !socket.peerAddress().host().isLoopback())
    return failure(Error::Kind::kDenied, "no_encryption",
                   server.host + " is another machine: mail to it needs starttls or tls");
  if (server.security != MailServer::Security::kTls) return converse(job, dialer, socket);
  FLORIN_TRY(secured, dialer.secure(socket, server.host));
  return converse(job, dialer, secured);
} catch (const Poco::Exception& e) {
  return failure(Error::Kind::kBroken, "mail_failed",
                 fmt::format("{}: the mail was not accepted: {}", job.server.host, e.displayText()));
} catch (const std::exception& e) {
  return failure(Error::Kind::kBroken, "mail_failed", fmt::format("{}: {}", job.server.host, e.what()));
}

}  // namespace florin
