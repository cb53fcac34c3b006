// What a mail looks like on the wire, and what never becomes one.
#include "kernel/platform/mail/mime.hpp"

#include <gtest/gtest.h>

#include <florin/crypto.hpp>

namespace florin {
namespace {

MailMessage receipt() {
  MailMessage message;
  message.from = "shop@lisbon-books.example";
  message.to = "ana@example.com";
  message.subject = "Your receipt";
  message.message_id = "evt_1@florin";
  message.text = "Thank you, Ana.\n.\nThis line began with a dot.";
  return message;
}

const Instant kNow{std::chrono::seconds(1'700'000'000)};

TEST(MailMime, AMailHasItsHeadersAndABodyWithoutBareOrDottedLines) {
  const auto mail = compose_mail(receipt(), kNow);
  ASSERT_TRUE(mail);
  EXPECT_TRUE(
      mail->starts_with("Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nFrom: <shop@lisbon-books.example>\r\n"
                        "To: <ana@example.com>\r\nMessage-ID: <evt_1@florin>\r\nSubject: Your receipt\r\n"))
      << *mail;
  EXPECT_EQ(mail->find("\r\n."), std::string::npos);
  for (std::size_t at = mail->find('\n'); at != std::string::npos; at = mail->find('\n', at + 1))
    EXPECT_EQ((*mail)[at - 1], '\r');
}

TEST(MailMime, TextAndHtmlAreAlternatives) {
  MailMessage message = receipt();
  message.html = "<p>Thank you, Ana.</p>";
  const auto mail = compose_mail(message, kNow);
  ASSERT_TRUE(mail);
  EXPECT_NE(mail->find("Content-Type: multipart/alternative; boundary=\"=_florin_alternative\"\r\n\r\n"),
            std::string::npos);
  EXPECT_LT(mail->find("text/plain"), mail->find("text/html")) << "the plainest comes first (RFC 2046 5.1.4)";
  EXPECT_TRUE(mail->ends_with("--=_florin_alternative--\r\n"));
}

TEST(MailMime, ASubjectThatIsNoAsciiIsEncodedInWordsThatCutNoCharacter) {
  std::string subject;
  for (int i = 0; i < 40; ++i) subject += "a€";
  const std::string encoded = encode_header_text(subject);
  std::string decoded;
  for (std::size_t at = encoded.find("=?UTF-8?B?"); at != std::string::npos;
       at = encoded.find("=?UTF-8?B?", at)) {
    const std::size_t end = encoded.find("?=", at);
    EXPECT_LE(end + 2 - at, 75u) << "RFC 2047 section 2";
    const auto word = from_base64(encoded.substr(at + 10, end - at - 10));
    ASSERT_TRUE(word);
    EXPECT_NE(static_cast<unsigned char>((*word)[0]) & 0xc0, 0x80) << "a word begins with a whole character";
    decoded += *word;
    at = end;
  }
  EXPECT_EQ(decoded, subject);
}

TEST(MailMime, ASubjectThatLooksEncodedIsEncodedSoThatItIsReadAsWritten) {
  EXPECT_EQ(encode_header_text("=?UTF-8?B?QQ==?=").find("=?UTF-8?B?QQ=="), std::string::npos);
}

TEST(MailMime, ALineBreakInAnyHeaderFieldIsRefused) {
  for (std::string MailMessage::*field :
       {&MailMessage::from, &MailMessage::to, &MailMessage::subject, &MailMessage::message_id}) {
    for (const char* evil : {"\r\nBcc: eve@example.com", "\nBcc: eve@example.com", "\r", "\0"}) {
      MailMessage message = receipt();
      message.*field += evil;
      if (*evil == '\0') message.*field += '\0';
      const auto mail = compose_mail(message, kNow);
      ASSERT_FALSE(mail) << message.*field;
      EXPECT_EQ(mail.error().kind, field == &MailMessage::to ? Error::Kind::kInvalid : Error::Kind::kDenied);
    }
  }
}

TEST(MailMime, OnlyPlainAddressesAreAddresses) {
  for (const char* good : {"ana@example.com", "o'brien+x@a-b.example", "a@localhost"})
    EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad : {"", "ana", "@example.com", "ana@", "a b@example.com", "<a@example.com>", "a@b@c",
                          "a@example.com> SIZE=1", "a@.example", "a@example.", "ä@example.com"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
}

}  // namespace
}  // namespace florin
