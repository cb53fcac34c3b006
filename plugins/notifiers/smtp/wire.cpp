// Mails are plain on purpose: no images, no links, nothing that a filter or a wary reader stumbles over.
#include "plugins/notifiers/smtp/wire.hpp"

#include <florin/crypto.hpp>

namespace florin::smtp {
namespace {

// "payment_id" as people read it: "Payment id".
std::string label_of(std::string name) {
  for (char& letter : name)
    if (letter == '_') letter = ' ';
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

// A header is one line, whatever the title was made of.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char letter : text)
    line += static_cast<unsigned char>(letter) < ' ' || letter == '\x7f' ? ' ' : letter;
  return line;
}

std::string plain_text(const Notification& notification) {
  std::string text = notification.title + "\n\n" + notification.body + "\n";
  if (!notification.data.empty()) text += "\n";
  for (const auto& [name, value] : notification.data) text += label_of(name) + ": " + value + "\n";
  return text + "\n" + notification.type + ", " + notification.id + "\n";
}

std::string html_text(const Notification& notification) {
  std::string html = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>" +
                     escape_html(notification.title) +
                     "</title></head>\n<body style=\"font-family:sans-serif;color:#1a1a1a\">\n<h1 "
                     "style=\"font-size:20px\">" +
                     escape_html(notification.title) + "</h1>\n<p style=\"white-space:pre-line\">" +
                     escape_html(notification.body) + "</p>\n";
  if (!notification.data.empty()) {
    html += "<table>\n";
    for (const auto& [name, value] : notification.data)
      html += "<tr><th scope=\"row\" style=\"text-align:left;padding-right:16px\">" +
              escape_html(label_of(name)) + "</th><td>" + escape_html(value) + "</td></tr>\n";
    html += "</table>\n";
  }
  return html + "<p style=\"color:#666666;font-size:12px\">" + escape_html(notification.type) + ", " +
         escape_html(notification.id) + "</p>\n</body></html>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += letter;
    }
  }
  return escaped;
}

MailMessage compose(const Notification& notification, const std::string& from) {
  MailMessage message;
  message.from = from;
  message.to = notification.recipient;
  message.subject = one_line(notification.title);
  // The same on a retry, and another for each recipient: mailboxes that see it twice keep one.
  const std::string digest = to_hex(sha256(notification.id + "\n" + notification.recipient)).substr(0, 32);
  message.message_id = digest + from.substr(from.find('@'));
  message.text = plain_text(notification);
  message.html = html_text(notification);
  return message;
}

Delivery read_delivery(const Result<Done>& sent) {
  using Outcome = Delivery::Outcome;
  if (sent) return {Outcome::kDelivered, "the mail server took it", Duration(0)};
  switch (sent.error().kind) {
    case Error::Kind::kInvalid:
      return {Outcome::kRecipientGone, sent.error().message, Duration(0)};
    case Error::Kind::kDenied:
      return {Outcome::kRefused, sent.error().message, Duration(0)};
    default:
      return {Outcome::kTryLater, sent.error().message, Duration(0)};
  }
}

}  // namespace florin::smtp
