// A card's number at rest, the same for every table that keeps one: sealed under the vault and bound to its
// merchant, row and column, so that copied to another row it does not open. A CVC is never part of it.
#pragma once

#include <string>

#include <florin/provider.hpp>
#include <florin/result.hpp>
#include <florin/secret.hpp>

#include "kernel/modules/cards/card.hpp"
#include "kernel/platform/crypto/vault.hpp"

namespace florin {

std::string seal_card_number(const Vault& vault, const Secret& number, const std::string& merchant,
                             const std::string& row_id);
// Errors: those of Vault::open().
Result<Secret> open_card_number(const Vault& vault, const std::string& sealed, const std::string& merchant,
                                const std::string& row_id);
// The card as a provider wants it, without CVC. Errors: those of Vault::open().
Result<Card> open_card(const Vault& vault, const std::string& sealed, const std::string& merchant,
                       const std::string& row_id, const CardFace& face);

}  // namespace florin
