// One mail over one connection: greeting, STARTTLS, authentication, envelope, message. Blocks; runs on an
// I/O thread under a watchdog.
#pragma once

#include <string>

#include <florin/mail.hpp>
#include <florin/result.hpp>

#include "kernel/platform/io/dial.hpp"
#include "kernel/platform/io/io_job.hpp"

namespace florin {

struct MailJob final : IoJob<Done> {
  using IoJob::IoJob;
  MailServer server;
  std::string from, to, mail;  // `mail` as compose_mail() made it.
  std::string greeting_name;
};

// Errors as <florin/mail.hpp> names them. A connection that dies after the message was sent is kBroken:
// it may have been delivered, and the same Message-ID lets readers drop the double.
Result<Done> deliver(MailJob& job, const Dialer& dialer);

}  // namespace florin
