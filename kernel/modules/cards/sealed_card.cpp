// One place spells where a sealed number belongs.
#include "kernel/modules/cards/sealed_card.hpp"

namespace florin {

namespace {
std::string place_of(const std::string& merchant, const std::string& row_id) { return merchant + "/" + row_id + "/number"; }
}  // namespace

std::string seal_card_number(const Vault& vault, const Secret& number, const std::string& merchant,
                             const std::string& row_id) {
  return vault.seal(number, place_of(merchant, row_id));
}

Result<Secret> open_card_number(const Vault& vault, const std::string& sealed, const std::string& merchant,
                                const std::string& row_id) {
  return vault.open(sealed, place_of(merchant, row_id));
}

Result<Card> open_card(const Vault& vault, const std::string& sealed, const std::string& merchant,
                       const std::string& row_id, const CardFace& face) {
  FLORIN_TRY(number, open_card_number(vault, sealed, merchant, row_id));
  Card card;
  card.number = number;
  card.exp_month = face.exp_month;
  card.exp_year = face.exp_year;
  card.holder = face.holder;
  return card;
}

}  // namespace florin
