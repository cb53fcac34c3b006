// One-time card tokens: a browser sends the card with a publishable key, the merchant's backend only
// ever sees the token. The number is sealed at rest; the CVC stays in locked memory and is wiped at use. A
// token lives 15 minutes and not past a restart, because the CVC does not.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <florin/result.hpp>
#include <florin/task.hpp>

#include "kernel/modules/cards/card.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/crypto/vault.hpp"
#include "kernel/platform/random/random.hpp"
#include "kernel/platform/store/store.hpp"

namespace florin {

struct CardToken {
  std::string id;  // tok_...
  std::string merchant;
  std::string sealed;
  CardFace face;
  Instant created{}, expires{};
  std::string used_by;  // The payment that consumed it; "" : none yet.
};

class CardTokens {
 public:
  CardTokens(const Vault& vault, Clock& clock, Random& random);

  // In a unit of work. The CVC is put aside at once; should the unit fail it expires unused.
  CardToken create(Session& session, const std::string& merchant, const ReadCard& card);
  // A token that can still pay. Errors: kNotFound, kInvalid "token_expired", "token_already_used" (unless
  // by `payment_id` itself).
  Result<CardToken> find(Session& session, const std::string& merchant, const std::string& id,
                         const std::string& payment_id) const;
  // In the unit that makes the payment's attempt durable. False: somebody else was first.
  bool consume(Session& session, const std::string& merchant, const std::string& id, const std::string& payment_id);
  // The card itself, with its CVC if there is one: takes that out, so call it once, after consume().
  Result<Card> open(const CardToken& token);
  // The number alone, for who keeps it: the CVC stays where it is until open() or forget_cvc().
  Result<Secret> number(const CardToken& token) const;
  void forget_cvc(const std::string& id);
  // Forgets tokens that expired; how many.
  std::int64_t purge(Session& session, int limit);

 private:
  const Vault& vault_;
  Clock& clock_;
  Random& random_;
  LockedMemory cvcs_;
  std::string boot_;  // This process's own name.
};

}  // namespace florin
