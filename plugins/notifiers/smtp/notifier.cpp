// One mail a notification; the Mail door knows how mails travel.
#include "plugins/notifiers/smtp/notifier.hpp"

#include <stdexcept>

#include <florin/plugin.hpp>

#include "plugins/notifiers/smtp/wire.hpp"
#include "settings_schema.hpp"

namespace florin::smtp {
namespace {

MailServer::Security security_from(const std::string& text) {
  if (text == "tls") return MailServer::Security::kTls;
  if (text == "none") return MailServer::Security::kNone;
  return MailServer::Security::kStartTls;
}

const Descriptor kDescriptor{.kind = PluginKind::kNotifier,
                             .name = "smtp",
                             .version = "1.0.0",
                             .title = "E-mail",
                             .capabilities = {},
                             .hosts = {},
                             .settings_schema = kSettingsSchema};
}  // namespace

SmtpNotifier::SmtpNotifier(const Settings& settings)
    : server_{settings.text("host"), settings.integer("port"), security_from(settings.text("security")),
              settings.text("user"), settings.secret("password")},
      from_(settings.text("from")) {
  if (!server_.user.empty() && server_.password.empty())
    throw std::invalid_argument("user: there is a user but no password; give both or neither");
}

Task<Delivery> SmtpNotifier::notify(const Notification& notification, Http&, Mail& mail) {
  const MailMessage message = compose(notification, from_);
  const Result<Done> sent = co_await mail.send(server_, message);
  co_return read_delivery(sent);
}

}  // namespace florin::smtp

FLORIN_NOTIFIER(florin::smtp::SmtpNotifier, florin::smtp::kDescriptor)
