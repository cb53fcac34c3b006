// The card_tokens table, and the only file that spells its columns.
#include "kernel/modules/cards/tokens.hpp"

#include <florin/crypto.hpp>

#include "kernel/modules/cards/sealed_card.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

namespace {
constexpr auto kTokenLife = std::chrono::minutes(15);
}  // namespace

CardTokens::CardTokens(const Vault& vault, Clock& clock, Random& random)
    : vault_(vault), clock_(clock), random_(random), boot_(to_hex(random.bytes(8))) {}

CardToken CardTokens::create(Session& session, const std::string& merchant, const ReadCard& card) {
  CardToken token;
  token.created = clock_.now();
  token.expires = token.created + kTokenLife;
  token.id = new_id("tok", token.created, random_);
  token.merchant = merchant;
  token.face = card.face;
  token.sealed = seal_card_number(vault_, card.card.number, merchant, token.id);
  if (!card.card.cvc.empty()) cvcs_.put(token.id, card.card.cvc, micros(token.expires));
  session.execute(
      "insert into card_tokens (id, merchant, sealed, face, boot, created, expires, used_by) "
      "values (:id, :merchant, :sealed, :face, :boot, :created, :expires, '')",
      token.id, merchant, token.sealed, to_text(token.face.to_json()), boot_, micros(token.created), micros(token.expires));
  return token;
}

Result<CardToken> CardTokens::find(Session& session, const std::string& merchant, const std::string& id,
                                   const std::string& payment_id) const {
  const auto row = session.one<std::tuple<std::string, std::string, std::string, std::int64_t, std::int64_t, std::string>>(
      "select sealed, face, boot, created, expires, used_by from card_tokens where id = :id and merchant = :merchant",
      id, merchant);
  if (!row) return Error{Error::Kind::kNotFound, "no such token: " + id, "", "payment_method.token"};
  const auto& [sealed, face, boot, created, expires, used_by] = *row;
  if (!used_by.empty() && used_by != payment_id)
    return Error{Error::Kind::kInvalid, "this token has paid already; make a new one", "token_already_used",
                 "payment_method.token"};
  if (boot != boot_ || from_micros(expires) <= clock_.now())
    return Error{Error::Kind::kInvalid, "this token has expired; make a new one", "token_expired", "payment_method.token"};
  CardToken token;
  token.id = id;
  token.merchant = merchant;
  token.sealed = sealed;
  token.face = card_face_from(Json::parse(face));
  token.created = from_micros(created);
  token.expires = from_micros(expires);
  token.used_by = used_by;
  return token;
}

bool CardTokens::consume(Session& session, const std::string& merchant, const std::string& id,
                         const std::string& payment_id) {
  return session.execute(
             "update card_tokens set used_by = :payment where id = :id and merchant = :merchant "
             "and (used_by = '' or used_by = :same)",
             payment_id, id, merchant, payment_id) == 1;
}

Result<Card> CardTokens::open(const CardToken& token) {
  Result<Card> card = open_card(vault_, token.sealed, token.merchant, token.id, token.face);
  if (card) card->cvc = cvcs_.take(token.id, micros(clock_.now()));
  return card;
}

Result<Secret> CardTokens::number(const CardToken& token) const {
  return open_card_number(vault_, token.sealed, token.merchant, token.id);
}

void CardTokens::forget_cvc(const std::string& id) { cvcs_.take(id, micros(clock_.now())); }

std::int64_t CardTokens::purge(Session& session, int limit) {
  cvcs_.drop_expired(micros(clock_.now()));
  return session.execute(
      "delete from card_tokens where id in (select id from card_tokens where expires < :limit_at limit :limit)",
      micros(clock_.now() - std::chrono::hours(24)), limit);
}

}  // namespace florin
