// FCM as the kernel sees it.
#pragma once

#include <florin/notifier.hpp>
#include <florin/settings.hpp>
#include <florin/token_cache.hpp>

#include "plugins/notifiers/fcm/wire.hpp"

namespace florin::fcm {

class FcmNotifier final : public Notifier {
 public:
  // Throws std::invalid_argument when the service account is none.
  explicit FcmNotifier(const Settings& settings);
  Task<Delivery> notify(const Notification& notification, Http& http, Mail& mail) override;

 private:
  Task<Result<Secret>> access_token(Instant now, Http& http);

  ServiceAccount account_;
  TokenCache tokens_;
};

}  // namespace florin::fcm
