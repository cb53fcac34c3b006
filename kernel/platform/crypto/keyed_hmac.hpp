// HMAC-SHA-256 under one key that is used again and again: OpenSSL takes the key in once, which costs more than
// the code of a short text.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <florin/secret.hpp>

namespace florin {

// Safe from any thread.
class KeyedHmac {
 public:
  explicit KeyedHmac(const Secret& key);
  ~KeyedHmac();
  KeyedHmac(const KeyedHmac&) = delete;
  KeyedHmac& operator=(const KeyedHmac&) = delete;
  // As hmac_sha256() with the key: 32 bytes.
  std::string of(std::string_view bytes) const;

 private:
  struct Context;
  const std::unique_ptr<Context> context_;
  mutable std::mutex mutex_;
};

}  // namespace florin
