// One sealing with AES-256-GCM (NIST SP 800-38D). For the vault alone: it sees to it that no nonce is used
// twice under one key.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace florin::aes_gcm {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kTagBytes = 16;

// Ciphertext with its tag behind it.
std::string seal(std::string_view key, std::string_view nonce, std::string_view text,
                 std::string_view associated);
// Nothing when the key, the nonce, the text or the associated data is not what was sealed.
std::optional<std::string> open(std::string_view key, std::string_view nonce, std::string_view sealed,
                                std::string_view associated);

}  // namespace florin::aes_gcm
