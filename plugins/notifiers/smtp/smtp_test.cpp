// What a mail about a payment looks like, and what the server's answer means.
#include <gtest/gtest.h>

#include <stdexcept>

#include "plugins/notifiers/smtp/notifier.hpp"
#include "plugins/notifiers/smtp/wire.hpp"
#include "tests/support/closed_door.hpp"

namespace {
using namespace florin;
using namespace florin::smtp;
using Outcome = Delivery::Outcome;

Settings settings(Json plain = Json::object()) {
  Json all = {{"host", "mail.example"},
              {"port", 465},
              {"security", "tls"},
              {"user", "florin"},
              {"from", "payments@lisbon-books.example"}};
  all.update(plain);
  return Settings(all, {{"password", Secret("hunter2")}});
}

Notification news() {
  return {.id = "evt_1",
          .type = "payment.succeeded",
          .recipient = "ana@example.pt",
          .title = "Paid: 12.50 EUR",
          .body = "Thank you,\nAna & <Rui>",
          .data = {{"payment_id", "pay_1"}, {"note", "\"x\" <script>alert('1')</script>"}},
          .now = Instant()};
}

// Keeps what it was given and answers what the test says.
class KeptMail final : public Mail {
 public:
  Result<Done> answer = Done{};
  MailServer server;
  MailMessage message;
  Task<Result<Done>> send(const MailServer& to, const MailMessage& what) override {
    server = to;
    message = what;
    co_return answer;
  }
};

Delivery notify(Mail& mail) {
  test_support::ClosedDoor http;
  SmtpNotifier notifier(settings());
  const Notification notification = news();
  return notifier.notify(notification, http, mail).run();
}

TEST(Smtp, GoesThroughTheMailDoorWithTheMerchantsServer) {
  KeptMail mail;
  EXPECT_EQ(notify(mail).outcome, Outcome::kDelivered);
  EXPECT_EQ(mail.server.host, "mail.example");
  EXPECT_EQ(mail.server.port, 465);
  EXPECT_EQ(mail.server.security, MailServer::Security::kTls);
  EXPECT_EQ(mail.server.user, "florin");
  EXPECT_EQ(mail.server.password.expose(), "hunter2");
  EXPECT_EQ(mail.message.from, "payments@lisbon-books.example");
  EXPECT_EQ(mail.message.to, "ana@example.pt");
}

TEST(Smtp, TextHasTitleBodyAndData) {
  const MailMessage message = compose(news(), "a@b.example");
  EXPECT_EQ(message.subject, "Paid: 12.50 EUR");
  EXPECT_EQ(message.text,
            "Paid: 12.50 EUR\n\nThank you,\nAna & <Rui>\n\nNote: \"x\" <script>alert('1')</script>\nPayment "
            "id: pay_1\n\n"
            "payment.succeeded, evt_1\n");
}

TEST(Smtp, HtmlHasNoTagThatCameFromOutside) {
  const MailMessage message = compose(news(), "a@b.example");
  EXPECT_NE(message.html.find("Ana &amp; &lt;Rui&gt;"), std::string::npos);
  EXPECT_NE(message.html.find("&quot;x&quot; &lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"),
            std::string::npos);
  EXPECT_EQ(message.html.find("<script"), std::string::npos);
  EXPECT_EQ(message.html.find("<Rui"), std::string::npos);
}

TEST(Smtp, ATitleNeverMakesAHeaderOfItsOwn) {
  Notification sly = news();
  sly.title = "Paid\r\nBcc: all@example.com";
  EXPECT_EQ(compose(sly, "a@b.example").subject, "Paid  Bcc: all@example.com");
}

TEST(Smtp, ARetryHasTheSameMessageIdAndAnotherRecipientAnother) {
  Notification other = news();
  EXPECT_EQ(compose(news(), "a@b.example").message_id, compose(other, "a@b.example").message_id);
  EXPECT_TRUE(compose(other, "a@b.example").message_id.ends_with("@b.example"));
  other.recipient = "rui@example.pt";
  EXPECT_NE(compose(news(), "a@b.example").message_id, compose(other, "a@b.example").message_id);
}

TEST(Smtp, TheServersAnswerDecidesWhatBecomesOfTheRecipient) {
  const std::pair<Error::Kind, Outcome> meanings[] = {
      {Error::Kind::kInvalid, Outcome::kRecipientGone}, {Error::Kind::kDenied, Outcome::kRefused},
      {Error::Kind::kUnreachable, Outcome::kTryLater},  {Error::Kind::kTimedOut, Outcome::kTryLater},
      {Error::Kind::kBroken, Outcome::kTryLater},       {Error::Kind::kUnavailable, Outcome::kTryLater}};
  for (const auto& [kind, outcome] : meanings) {
    KeptMail mail;
    mail.answer = Error{kind, "no", "", ""};
    EXPECT_EQ(notify(mail).outcome, outcome);
  }
}

TEST(Smtp, AUserWithoutAPasswordIsRefused) {
  EXPECT_THROW(SmtpNotifier{Settings(settings().plain(), {})}, std::invalid_argument);
  EXPECT_NO_THROW(SmtpNotifier{Settings(settings({{"user", ""}}).plain(), {})});
}

}  // namespace
