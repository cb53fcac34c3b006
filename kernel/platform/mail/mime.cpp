// Composed by hand and small: POCO's MailMessage writes the headers it is given, line breaks included.
#include "kernel/platform/mail/mime.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <florin/crypto.hpp>

namespace florin {
namespace {

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

bool is_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

std::string in_lines(std::string_view base64) {
  std::string lines;
  for (; !base64.empty(); base64.remove_prefix(std::min<std::size_t>(76, base64.size())))
    lines.append(base64.substr(0, 76)).append("\r\n");
  return lines;
}

std::string part(std::string_view type, std::string_view text) {
  return fmt::format("Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}", type,
                     in_lines(to_base64(text)));
}

Error denied(std::string_view field) {
  return Error{Error::Kind::kDenied,
               fmt::format("the mail's {} is empty or has a control character in it", field), "invalid_mail",
               std::string(field)};
}

}  // namespace

bool is_mail_address(std::string_view text) {
  constexpr std::string_view kLocalMarks = "!#$%&'*+-/=?^_`{|}~.";
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
  const std::string_view local = text.substr(0, at), domain = text.substr(at + 1);
  const auto is_local = [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || kLocalMarks.find(c) != std::string_view::npos;
  };
  const auto is_domain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.';
  };
  return std::all_of(local.begin(), local.end(), is_local) && !domain.empty() && domain.front() != '.' &&
         domain.back() != '.' && std::all_of(domain.begin(), domain.end(), is_domain);
}

std::string encode_header_text(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_printable) && text.size() <= 900 &&
      text.find("=?") == std::string_view::npos)
    return std::string(text);
  constexpr std::size_t kBytesAWord = 45;  // "=?UTF-8?B?" + 60 + "?=" is 72.
  std::string encoded;
  while (!text.empty()) {
    std::size_t size = std::min(kBytesAWord, text.size());
    while (size > 1 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
    if (!encoded.empty()) encoded += "\r\n ";
    encoded += "=?UTF-8?B?" + to_base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return encoded;
}

Result<std::string> compose_mail(const MailMessage& message, Instant now) {
  if (!is_mail_address(message.to))
    return Error{Error::Kind::kInvalid, "the mail's recipient is no mail address", "invalid_mail", "to"};
  if (!is_mail_address(message.from)) return denied("from");
  if (message.subject.empty() || !is_line(message.subject)) return denied("subject");
  const bool good_id = !message.message_id.empty() &&
                       std::all_of(message.message_id.begin(), message.message_id.end(), [](char c) {
                         return is_printable(c) && c != ' ' && c != '<' && c != '>';
                       });
  if (!good_id) return denied("message_id");

  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  std::string mail = fmt::format(
      "Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\nFrom: <{}>\r\nTo: <{}>\r\nMessage-ID: <{}>\r\nSubject: {}\r\n"
      "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n",
      fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), message.from, message.to,
      message.message_id, encode_header_text(message.subject));
  if (message.html.empty()) return mail + part("text/plain", message.text);
  // Base64 has no '=' before other text, so the boundary cannot occur in a part.
  constexpr std::string_view kBoundary = "=_florin_alternative";
  mail += fmt::format("Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n", kBoundary);
  mail += fmt::format("--{}\r\n{}--{}\r\n{}--{}--\r\n", kBoundary, part("text/plain", message.text),
                      kBoundary, part("text/html", message.html), kBoundary);
  return mail;
}

}  // namespace florin
