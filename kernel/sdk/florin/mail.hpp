// The door through which a notifier's mail leaves; the kernel carries it (SMTP over TLS).
#pragma once

#include <cstdint>
#include <string>

#include <florin/export.hpp>
#include <florin/result.hpp>
#include <florin/secret.hpp>
#include <florin/task.hpp>

namespace florin {

struct MailServer {
  std::string host;
  std::int64_t port = 587;
  enum class Security { kStartTls, kTls, kNone };  // kNone only to loopback.
  Security security = Security::kStartTls;
  std::string user;  // Empty: no authentication.
  Secret password;
};

struct MailMessage {
  std::string from, to, subject;  // Addresses as RFC 5322 addr-spec, subject as UTF-8.
  std::string message_id;         // Without angle brackets; the same on a retry.
  std::string text, html;         // UTF-8; html may be empty.
};

class FLORIN_SDK_API Mail {
 public:
  virtual ~Mail() = default;
  // Both outlive the Task. Errors: kUnreachable (server not reached), kDenied (authentication), kInvalid
  // (the server refuses this recipient for good), kBroken (anything else; try later).
  virtual Task<Result<Done>> send(const MailServer& server, const MailMessage& message) = 0;
};

}  // namespace florin
