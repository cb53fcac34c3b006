// An access token that several operations share until it expires (OAuth 2.0, RFC 6749 section 5.1).
// Held by a plugin beside its settings; safe to use from several operations at once.
#pragma once

#include <mutex>
#include <optional>

#include <florin/export.hpp>
#include <florin/secret.hpp>
#include <florin/time.hpp>

namespace florin {

class FLORIN_SDK_API TokenCache {
 public:
  // The token, while it holds for at least a minute more.
  std::optional<Secret> get(Instant now) const;
  void put(Secret token, Instant expires);
  // After a 401: forgets the token, unless somebody has replaced it meanwhile.
  void drop(const Secret& refused);

 private:
  mutable std::mutex mutex_;
  Secret token_;
  Instant expires_{};
};

}  // namespace florin
