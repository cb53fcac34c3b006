// A mail as the bytes that travel: RFC 5322 headers, RFC 2047 subject, RFC 2046 multipart/alternative.
#pragma once

#include <string>
#include <string_view>

#include <florin/mail.hpp>
#include <florin/result.hpp>
#include <florin/time.hpp>

namespace florin {

// Whether `text` is one plain address (RFC 5321 Mailbox without quoting): what may stand in an envelope.
bool is_mail_address(std::string_view text);

// A header's text: as it is when it is printable ASCII, otherwise folded encoded words of at most 75
// characters, none of which cuts a UTF-8 character.
std::string encode_header_text(std::string_view text);

// Lines end in CRLF and bodies are base64, so that no line is long, bare or begins with a dot. Errors:
// kInvalid (the recipient is no address), kDenied (another header field would be two, or is empty).
Result<std::string> compose_mail(const MailMessage& message, Instant now);

}  // namespace florin
