// One access token behind a mutex; refused tokens are dropped only if they are still the one in use.
#include <florin/token_cache.hpp>

#include <utility>

namespace florin {

std::optional<Secret> TokenCache::get(Instant now) const {
  const std::lock_guard lock(mutex_);
  if (token_.empty() || now + std::chrono::minutes(1) > expires_) return std::nullopt;
  return token_;
}

void TokenCache::put(Secret token, Instant expires) {
  const std::lock_guard lock(mutex_);
  token_ = std::move(token);
  expires_ = expires;
}

void TokenCache::drop(const Secret& refused) {
  const std::lock_guard lock(mutex_);
  if (token_ == refused) token_ = Secret();
}

}  // namespace florin
