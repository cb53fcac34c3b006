// A notification as a mail, and what a mail server's answer means for it. The mail's own format (MIME, RFC
// 5322) is the Mail door's.
#pragma once

#include <string>
#include <string_view>

#include <florin/mail.hpp>
#include <florin/notifier.hpp>
#include <florin/result.hpp>

namespace florin::smtp {

// Plain text and the same as HTML: title, body, and the data as a table of names and values.
MailMessage compose(const Notification& notification, const std::string& from);

// Text between tags or in quoted attributes of HTML.
std::string escape_html(std::string_view text);

Delivery read_delivery(const Result<Done>& sent);

}  // namespace florin::smtp
