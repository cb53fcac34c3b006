// What a notifier promises: to bring one piece of news to one recipient, through the doors it is given.
// The kernel decides who hears what, retries, and keeps the delivery log.
#pragma once

#include <map>
#include <string>

#include <florin/export.hpp>
#include <florin/http.hpp>
#include <florin/json.hpp>
#include <florin/mail.hpp>
#include <florin/result.hpp>
#include <florin/task.hpp>
#include <florin/time.hpp>

namespace florin {

struct Notification {
  std::string id;         // The event's: the same on a retry.
  std::string type;       // "payment.succeeded"
  std::string recipient;  // A device token, an e-mail address: what this notifier addresses.
  std::string title;      // One line, UTF-8, no control characters.
  std::string body;       // A few lines, UTF-8.
  std::map<std::string, std::string> data;  // For programs: payment id, merchant, amount as text.
  Instant now;
};

struct Delivery {
  enum class Outcome {
    kDelivered,      // The service took it.
    kRecipientGone,  // It never will: the kernel removes the recipient.
    kTryLater,       // Not now; after `retry_after` if that is not zero.
    kRefused,        // This message never will (too long, bad credentials): logged, not retried.
  };
  Outcome outcome = Outcome::kTryLater;
  std::string detail;  // For people; no secrets.
  Duration retry_after{0};
};

class FLORIN_SDK_API Notifier {
 public:
  virtual ~Notifier() = default;
  // Arguments outlive the Task.
  virtual Task<Delivery> notify(const Notification& notification, Http& http, Mail& mail) = 0;
};

}  // namespace florin
