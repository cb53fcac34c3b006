// What can be said of a card from its number alone: whether it is one, its brand and what may be shown.
// Number ranges are ISO/IEC 7812-1's issuer identification numbers as the brands publish them.
#pragma once

#include <string>
#include <string_view>

#include <florin/json.hpp>
#include <florin/provider.hpp>
#include <florin/result.hpp>

#include "kernel/modules/api/fields.hpp"
#include "kernel/platform/crypto/vault.hpp"

namespace florin {

bool passes_luhn(std::string_view digits);
std::string card_brand(std::string_view digits);  // "visa", "mastercard", ...; "unknown"

// A card with what may be stored and shown in the clear.
struct CardFace {
  std::string brand, last4, bin;  // bin: the first six digits
  int exp_month = 0, exp_year = 0;
  std::string fingerprint;  // Keyed; equal for equal numbers within this appliance.
  std::string country;      // ISO 3166-1, of the issuer, when the caller told; else "".
  std::string holder;
  Json to_json() const { return Json::parse(text()); }
  std::string text() const;  // As to_text() would write it.
};
CardFace card_face_from(const Json& json);
// Good through the last day of its month, anywhere on earth: with a day of grace.
bool card_has_expired(int exp_month, int exp_year, Instant now);

// Reads {"number","exp_month","exp_year","cvc","holder"}: blanks and dashes in the number are fine. Wrong
// ones fail in `fields` with Stripe's codes: incorrect_number, invalid_expiry_month, expired_card, invalid_cvc.
struct ReadCard {
  Card card;
  CardFace face;
};
ReadCard read_card(Fields& fields, const Vault& vault, Instant now);

}  // namespace florin
