// Handing mail to servers that are willing, strict, slow or lying: scripted ones over raw sockets, and
// Debian's aiosmtpd where it is installed.
#include "kernel/platform/mail/smtp_mail.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <florin/crypto.hpp>

#include "tests/support/raw_server.hpp"
#include "tests/support/tls_peer.hpp"

namespace florin::test {
namespace {

using Kind = Error::Kind;

class SmtpMailTest : public ::testing::Test {
 protected:
  SmtpMailTest() { renew(std::chrono::seconds(5)); }
  ~SmtpMailTest() override { mail->stop(); }
  void renew(std::chrono::milliseconds timeout) {
    SmtpMail::Options options;
    options.ca_file = authority.root_file();
    options.timeout = timeout;
    mail = SmtpMail::make(executor, clock, options);
  }
  static MailServer server_at(std::uint16_t port, MailServer::Security security) {
    MailServer server;
    server.host = "localhost";
    server.port = port;
    server.security = security;
    return server;
  }
  static MailMessage receipt() {
    MailMessage message;
    message.from = "shop@lisbon-books.example";
    message.to = "ana@example.com";
    message.subject = "Receipt";
    message.message_id = "evt_1@florin";
    message.text = "Thank you.";
    return message;
  }
  Error::Kind kind_of(const MailServer& server) {
    const Result<Done> sent = mail->send(server, receipt()).run();
    EXPECT_FALSE(sent) << "the mail was taken";
    if (sent) return Kind::kNotFound;
    code = sent.error().code;
    return sent.error().kind;
  }

  ThreadExecutor executor{1};
  SystemClock clock{executor};
  TestAuthority authority;
  std::unique_ptr<SmtpMail> mail;
  std::string code;
};

// The server's side of SMTP over anything that has read_line() and say().
struct SmtpScript {
  std::string offers = "250 AUTH PLAIN LOGIN\r\n";
  std::string on_auth = "235 welcome\r\n", on_recipient = "250 ok\r\n";
  std::string seen;  // Every line, in order.

  template <class Peer>
  void serve(Peer& peer) {
    for (std::string line = peer.read_line(); !line.empty(); line = peer.read_line()) {
      seen += line;
      if (line.starts_with("DATA")) {
        take_message(peer);
        continue;
      }
      peer.say(answer_to(line));
      if (line.starts_with("STARTTLS") || line.starts_with("QUIT")) return;
    }
  }
  std::string answer_to(const std::string& line) const {
    if (line.starts_with("EHLO")) return "250-far.example\r\n" + offers;
    if (line.starts_with("AUTH")) return on_auth;
    if (line.starts_with("RCPT")) return on_recipient;
    return line.starts_with("STARTTLS") ? "220 go\r\n" : "250 ok\r\n";
  }
  template <class Peer>
  void take_message(Peer& peer) {
    peer.say("354 go on\r\n");
    for (std::string line = peer.read_line(); !line.empty() && line != ".\r\n"; line = peer.read_line())
      seen += line;
    peer.say("250 queued\r\n");
  }
};

TEST_F(SmtpMailTest, AMailGoesToALoopbackServerWithoutEncryption) {
  SmtpScript script;
  RawServer far([&](RawPeer& peer, int) {
    peer.say("220 far.example\r\n");
    script.serve(peer);
  });
  const Result<Done> sent = mail->send(server_at(far.port(), MailServer::Security::kNone), receipt()).run();
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_NE(
      script.seen.find("MAIL FROM:<shop@lisbon-books.example>\r\nRCPT TO:<ana@example.com>\r\nDATA\r\n"),
      std::string::npos)
      << script.seen;
  EXPECT_NE(script.seen.find("Message-ID: <evt_1@florin>\r\n"), std::string::npos);
}

// STARTTLS with a certificate of our making; credentials may only be seen inside.
class SmtpStartTls : public SmtpMailTest {
 protected:
  void serve(const CertificateWish& wish) {
    far = std::make_unique<RawServer>([this, wish](RawPeer& peer, int) {
      peer.say("220 far.example\r\n");
      outside.offers = "250 STARTTLS\r\n";
      outside.serve(peer);
      const auto tls = authority.server(wish);
      if (tls->greet(peer)) inside.serve(*tls);
    });
    server = server_at(far->port(), MailServer::Security::kStartTls);
    server.user = "mailer";
    server.password = Secret("hunter2");
  }
  SmtpScript outside, inside;
  std::unique_ptr<RawServer> far;
  MailServer server;
};

TEST_F(SmtpStartTls, CredentialsAndMailTravelInsideTls) {
  serve({});
  const Result<Done> sent = mail->send(server, receipt()).run();
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(outside.seen, "EHLO localhost\r\nSTARTTLS\r\n");
  EXPECT_NE(inside.seen.find("AUTH PLAIN"), std::string::npos);
  EXPECT_NE(inside.seen.find(to_base64(std::string("\0mailer\0hunter2", 15))), std::string::npos)
      << inside.seen;
  EXPECT_NE(inside.seen.find("Subject: Receipt\r\n"), std::string::npos);
}

TEST_F(SmtpStartTls, ACertificateForAnotherNameGetsNeitherCredentialsNorMail) {
  CertificateWish wish;
  wish.subject_alternative_name = "DNS:mail.elsewhere.example";
  serve(wish);
  EXPECT_EQ(kind_of(server), Kind::kUnreachable);
  EXPECT_EQ(inside.seen, "");
}

TEST_F(SmtpStartTls, AServerThatOffersNoneGetsNeitherCredentialsNorMail) {
  SmtpScript script;
  RawServer plain([&](RawPeer& peer, int) {
    peer.say("220 far.example\r\n");
    for (std::string line = peer.read_line(); !line.empty(); line = peer.read_line()) {
      script.seen += line;
      peer.say(line.starts_with("STARTTLS") ? "502 no such thing\r\n" : "250 ok\r\n");
    }
  });
  MailServer strict = server_at(plain.port(), MailServer::Security::kStartTls);
  strict.user = "mailer";
  EXPECT_EQ(kind_of(strict), Kind::kBroken);
  EXPECT_EQ(code, "no_starttls");
  EXPECT_EQ(script.seen.find("AUTH"), std::string::npos);
  EXPECT_EQ(script.seen.find("MAIL"), std::string::npos);
}

TEST_F(SmtpStartTls, AWrongPasswordIsDenied) {
  serve({});
  inside.on_auth = "535 bad credentials\r\n";
  EXPECT_EQ(kind_of(server), Kind::kDenied);
}

TEST_F(SmtpStartTls, ARecipientRefusedForGoodIsInvalidAndOneRefusedForNowIsNot) {
  serve({});
  inside.on_recipient = "550 no such user\r\n";
  EXPECT_EQ(kind_of(server), Kind::kInvalid);
  inside.on_recipient = "451 greylisted\r\n";
  EXPECT_EQ(kind_of(server), Kind::kBroken);
}

TEST_F(SmtpMailTest, TlsFromTheFirstByteWorksToo) {
  SmtpScript script;
  RawServer far([&](RawPeer& peer, int) {
    const auto tls = authority.server({});
    if (!tls->greet(peer)) return;
    tls->say("220 far.example\r\n");
    script.serve(*tls);
  });
  const Result<Done> sent = mail->send(server_at(far.port(), MailServer::Security::kTls), receipt()).run();
  EXPECT_TRUE(sent) << sent.error().message;
}

TEST_F(SmtpMailTest, ARefusedConnectionAndASilentServerAreUnreachable) {
  EXPECT_EQ(kind_of(server_at(closed_port(), MailServer::Security::kNone)), Kind::kUnreachable);
  RawServer silent([](RawPeer& peer, int) { peer.wait_until_gone(); });
  renew(std::chrono::milliseconds(150));
  EXPECT_EQ(kind_of(server_at(silent.port(), MailServer::Security::kNone)), Kind::kUnreachable);
}

TEST_F(SmtpMailTest, ASilenceInTheMiddleEndsAtTheDeadlineAndMayBeTriedAgain) {
  RawServer far([](RawPeer& peer, int) {
    peer.say("220 far.example\r\n");
    peer.wait_until_gone();
  });
  renew(std::chrono::milliseconds(150));
  EXPECT_EQ(kind_of(server_at(far.port(), MailServer::Security::kNone)), Kind::kBroken);
}

// The independent judge: Debian's aiosmtpd, which parses what we wrote with Python's own mail library.
TEST_F(SmtpMailTest, ARealServerReadsTheMailAsItWasMeant) {
  if (::access("/usr/lib/python3/dist-packages/aiosmtpd", R_OK) != 0)
    GTEST_SKIP() << "python3-aiosmtpd is not installed";
  const char* const kProgram = R"(
import sys, email, email.policy, socket
from aiosmtpd.controller import Controller
class Judge:
    async def handle_DATA(self, server, session, envelope):
        m = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(envelope.mail_from, envelope.rcpt_tos[0], m['subject'], m['message-id'],
              m.get_body(('plain',)).get_content().strip(), m.get_body(('html',)).get_content().strip(),
              len(m.defects), sep='|', flush=True)
        return '250 ok'
s = socket.socket(); s.bind(('127.0.0.1', 0)); port = s.getsockname()[1]; s.close()
c = Controller(Judge(), hostname='127.0.0.1', port=port)
c.start(); print(port, flush=True); sys.stdin.read(); c.stop()
)";
  int to_child[2], from_child[2];
  ASSERT_EQ(::pipe(to_child) | ::pipe(from_child), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(to_child[0], 0);
    ::dup2(from_child[1], 1);
    for (const int end : {to_child[0], to_child[1], from_child[0], from_child[1]}) ::close(end);
    ::execl("/usr/bin/python3", "python3", "-c", kProgram, nullptr);
    ::_exit(127);
  }
  ::close(to_child[0]);
  ::close(from_child[1]);
  FILE* said = ::fdopen(from_child[0], "r");
  char line[512] = "";
  ASSERT_NE(std::fgets(line, sizeof line, said), nullptr) << "aiosmtpd did not start";
  MailServer server = server_at(std::stoi(line), MailServer::Security::kNone);
  server.host = "127.0.0.1";
  MailMessage message = receipt();
  message.subject = "Recibo de 12,50 € — obrigado";
  message.html = "<p>Olá</p>";
  const Result<Done> sent = mail->send(server, message).run();
  EXPECT_TRUE(sent) << sent.error().message;
  EXPECT_NE(std::fgets(line, sizeof line, said), nullptr);
  EXPECT_STREQ(
      line,
      "shop@lisbon-books.example|ana@example.com|Recibo de 12,50 € — obrigado|<evt_1@florin>|Thank you.|"
      "<p>Olá</p>|0\n");
  ::close(to_child[1]);
  std::fclose(said);
  ::waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace florin::test
