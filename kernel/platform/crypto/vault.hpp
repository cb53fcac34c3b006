// What is secret at rest: AES-256-GCM under a data key that the vault key wraps (envelope encryption),
// with the key's id in the text, so that keys can be rotated. What is sealed is bound to its place by
// additional data ("merchant/row/column"): moved elsewhere it does not open.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <florin/result.hpp>
#include <florin/secret.hpp>

#include "kernel/platform/random/random.hpp"

namespace florin {

class Vault {
 public:
  // Keys are 32 bytes, their ids letters, digits, '-' and '_'. `current` names the one that seals; the others
  // only open. `random` outlives the vault and is safe from any thread. Errors: kInvalid.
  static Result<std::unique_ptr<Vault>> make(std::string current, std::map<std::string, Secret> keys,
                                             Random& random);
  virtual ~Vault() = default;
  virtual std::string seal(const Secret& text, std::string_view place) const = 0;  // ASCII.
  // Errors: kDenied when it was changed, moved, or its key is missing; kInvalid for what no vault sealed.
  virtual Result<Secret> open(std::string_view sealed, std::string_view place) const = 0;
  // Seals anew under the current key; the same text back when it already is.
  virtual Result<std::string> rotate(std::string_view sealed, std::string_view place) const = 0;
  // A keyed fingerprint (HMAC-SHA-256 under a key of its own): equal for equal text, useless without the
  // key. 32 hex digits. `purpose` separates uses: "card", "api_key". Its key is derived from the vault key
  // whose id sorts first, so that rotation changes no fingerprint: name keys by their age ("2026-11") and
  // keep the first for as long as fingerprints made under it are compared.
  virtual std::string fingerprint(const Secret& text, std::string_view purpose) const = 0;
};

// Locked (mlock), wiped memory for what is never written anywhere (CVCs): kept under a token, taken once.
class LockedMemory {
 public:
  explicit LockedMemory(std::size_t slots = 65'536);
  ~LockedMemory();
  // At most 16 bytes; false when it is longer, all slots are taken, or the system let us lock no memory.
  // A token that is there already gets the new value.
  bool put(const std::string& token, const Secret& value, std::int64_t expires_micros);
  // Wiped as it is taken. Empty when there is none or it has expired.
  Secret take(const std::string& token, std::int64_t now_micros);
  void drop_expired(std::int64_t now_micros);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace florin
