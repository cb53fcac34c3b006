// The cryptography that plugins need (law 8 gives them no other): digests, HMAC, RS256, encodings,
// constant-time equality. Keys of the kernel's own vault are in platform/crypto, out of their reach.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <florin/export.hpp>
#include <florin/result.hpp>
#include <florin/secret.hpp>

namespace florin {

// Raw digests, 32 bytes.
FLORIN_SDK_API std::string sha256(std::string_view bytes);
FLORIN_SDK_API std::string hmac_sha256(std::string_view key, std::string_view bytes);
// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3) under a PEM private key. Errors: kInvalid for a bad
// key.
FLORIN_SDK_API Result<std::string> rs256_sign(const Secret& private_key_pem, std::string_view bytes);
FLORIN_SDK_API bool rs256_verify(std::string_view public_key_pem, std::string_view bytes,
                                 std::string_view signature);

// In time that depends only on the lengths.
FLORIN_SDK_API bool equal_in_constant_time(std::string_view a, std::string_view b);

FLORIN_SDK_API std::string to_hex(std::string_view bytes);  // lower case
FLORIN_SDK_API Result<std::string> from_hex(std::string_view text);
FLORIN_SDK_API std::string to_base64(std::string_view bytes);              // RFC 4648 section 4, padded
FLORIN_SDK_API std::string to_base64url(std::string_view bytes);           // RFC 4648 section 5, no padding
FLORIN_SDK_API Result<std::string> from_base64(std::string_view text);     // strict, padded
FLORIN_SDK_API Result<std::string> from_base64url(std::string_view text);  // strict, no padding
FLORIN_SDK_API std::uint32_t crc32(std::string_view bytes);                // IEEE 802.3, as PayPal signs

}  // namespace florin
