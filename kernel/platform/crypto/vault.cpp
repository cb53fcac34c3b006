// The vault. A sealed text is "fv1.<key id>.<data key, wrapped>.<text, sealed>": each part base64url of
// nonce, ciphertext and tag. Every text has a data key of its own, so that the vault key encrypts nothing
// but random keys, and a random nonce is never used twice under one.
#include "kernel/platform/crypto/vault.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include <florin/crypto.hpp>

#include "kernel/platform/crypto/aes_gcm.hpp"
#include "kernel/platform/crypto/keyed_hmac.hpp"

namespace florin {
namespace {

constexpr std::string_view kVersion = "fv1";

std::string seal_part(const Secret& key, const Secret& text, std::string_view associated, Random& random) {
  const std::string nonce = random.bytes(aes_gcm::kNonceBytes);
  return to_base64url(nonce + aes_gcm::seal(key.expose(), nonce, text.expose(), associated));
}

std::optional<Secret> open_part(const Secret& key, std::string_view part, std::string_view associated) {
  const Result<std::string> bytes = from_base64url(part);
  if (!bytes || bytes->size() < aes_gcm::kNonceBytes) return std::nullopt;
  const std::string_view all = *bytes;
  std::optional<std::string> text = aes_gcm::open(key.expose(), all.substr(0, aes_gcm::kNonceBytes),
                                                  all.substr(aes_gcm::kNonceBytes), associated);
  if (!text) return std::nullopt;
  return Secret(std::move(*text));
}

// The wrapped key is bound to the version and to the name of the key that wraps it.
std::string wrapping(std::string_view key_id) { return std::string(kVersion) + "." + std::string(key_id); }

struct Sealed {
  std::string_view key_id, wrapped, text;
};

std::optional<Sealed> split(std::string_view sealed) {
  std::vector<std::string_view> parts;
  for (std::size_t dot = 0; dot != std::string_view::npos;) {
    dot = sealed.find('.');
    parts.push_back(sealed.substr(0, dot));
    if (dot != std::string_view::npos) sealed.remove_prefix(dot + 1);
  }
  if (parts.size() != 4 || parts[0] != kVersion) return std::nullopt;
  return Sealed{parts[1], parts[2], parts[3]};
}

bool is_key_id(std::string_view id) {
  const auto allowed = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
  };
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, allowed);
}

class KeyedVault final : public Vault {
 public:
  KeyedVault(std::string current, std::map<std::string, Secret> keys, Random& random)
      : current_(std::move(current)),
        keys_(std::move(keys)),
        random_(random),
        fingerprint_key_(hmac_sha256(keys_.begin()->second.expose(), "florin fingerprint v1")) {}

  std::string seal(const Secret& text, std::string_view place) const override {
    const Secret data_key(random_.bytes(aes_gcm::kKeyBytes));
    return wrapping(current_) + "." + seal_part(keys_.at(current_), data_key, wrapping(current_), random_) +
           "." + seal_part(data_key, text, place, random_);
  }

  Result<Secret> open(std::string_view sealed, std::string_view place) const override {
    const std::optional<Sealed> parts = split(sealed);
    if (!parts) return Error{Error::Kind::kInvalid, "this is no text that a vault sealed", "not_sealed", ""};
    const auto key = keys_.find(std::string(parts->key_id));
    if (key == keys_.end())
      return Error{Error::Kind::kDenied,
                   "sealed under a vault key that is not configured; add it to the old keys",
                   "unknown_vault_key", ""};
    const std::optional<Secret> data_key = open_part(key->second, parts->wrapped, wrapping(parts->key_id));
    std::optional<Secret> text;
    if (data_key && data_key->size() == aes_gcm::kKeyBytes) text = open_part(*data_key, parts->text, place);
    if (!text)
      return Error{Error::Kind::kDenied,
                   "a sealed text does not open: it was changed, moved here from elsewhere, or "
                   "its vault key is another one of the same name",
                   "vault_refused", ""};
    return std::move(*text);
  }

  Result<std::string> rotate(std::string_view sealed, std::string_view place) const override {
    FLORIN_TRY(text, open(sealed, place));
    if (split(sealed)->key_id == current_) return std::string(sealed);
    return seal(text, place);
  }

  std::string fingerprint(const Secret& text, std::string_view purpose) const override {
    return to_hex(keyed_for(purpose).of(text.expose()).substr(0, 16));
  }

 private:
  // Purposes are a handful of literals, each asked for with every payment: their keys are kept, taken in.
  const KeyedHmac& keyed_for(std::string_view purpose) const {
    const std::lock_guard lock(purposes_mutex_);
    const auto known = purposes_.find(purpose);
    if (known != purposes_.end()) return known->second;
    // The length first: no purpose and text read as another purpose and text.
    const std::string named = std::to_string(purpose.size()) + ":" + std::string(purpose);
    return purposes_.try_emplace(std::string(purpose), Secret(hmac_sha256(fingerprint_key_.expose(), named))).first->second;
  }

  std::string current_;
  std::map<std::string, Secret> keys_;
  Random& random_;
  Secret fingerprint_key_;
  mutable std::mutex purposes_mutex_;
  mutable std::map<std::string, KeyedHmac, std::less<>> purposes_;  // Never removed from: references stay good.
};

}  // namespace

Result<std::unique_ptr<Vault>> Vault::make(std::string current, std::map<std::string, Secret> keys,
                                           Random& random) {
  for (const auto& [id, key] : keys) {
    if (!is_key_id(id))
      return Error{Error::Kind::kInvalid, "a vault key's id is 1 to 64 letters, digits, '-' and '_'",
                   "invalid_key_id", ""};
    if (key.size() != aes_gcm::kKeyBytes)
      return Error{Error::Kind::kInvalid,
                   "the vault key " + id + " has " + std::to_string(key.size()) +
                       " bytes; 32 are needed (openssl rand -base64 32)",
                   "invalid_key", ""};
  }
  if (!keys.contains(current))
    return Error{Error::Kind::kInvalid, "no vault key has the current key's id: " + current, "invalid_key_id",
                 ""};
  return std::unique_ptr<Vault>(std::make_unique<KeyedVault>(std::move(current), std::move(keys), random));
}

}  // namespace florin
