// E-mail as the kernel sees it.
#pragma once

#include <string>

#include <florin/notifier.hpp>
#include <florin/settings.hpp>

namespace florin::smtp {

class SmtpNotifier final : public Notifier {
 public:
  // Throws std::invalid_argument when a user has no password.
  explicit SmtpNotifier(const Settings& settings);
  Task<Delivery> notify(const Notification& notification, Http& http, Mail& mail) override;

 private:
  MailServer server_;
  std::string from_;
};

}  // namespace florin::smtp
