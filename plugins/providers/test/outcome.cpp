// The tables of magic cards, tokens and amounts. Linear look-ups over a handful of rows: no allocation,
// because this provider also carries the benches.
#include "plugins/providers/test/outcome.hpp"

#include <array>
#include <variant>

namespace test_provider {
namespace {
using florin::DeclineReason;

constexpr Outcome kApproves;
constexpr Outcome kChallenges{Answer::kChallenge, Answer::kYes, DeclineReason::kOther, ""};

constexpr Outcome declines(DeclineReason reason, std::string_view code) {
  return {Answer::kNo, Answer::kNo, reason, code};
}

struct ByCard {
  std::string_view number;
  std::string_view token;  // Without "tok_" or "pm_card_"; "" when Stripe has none.
  Outcome outcome;
};
constexpr std::array kCards{
    ByCard{"4000000000000002", "chargeDeclined", declines(DeclineReason::kDoNotHonor, "generic_decline")},
    ByCard{"4000000000009995", "chargeDeclinedInsufficientFunds",
           declines(DeclineReason::kInsufficientFunds, "insufficient_funds")},
    ByCard{"4000000000009987", "chargeDeclinedLostCard", declines(DeclineReason::kLostOrStolen, "lost_card")},
    ByCard{"4000000000009979", "chargeDeclinedStolenCard",
           declines(DeclineReason::kLostOrStolen, "stolen_card")},
    ByCard{"4000000000000069", "chargeDeclinedExpiredCard",
           declines(DeclineReason::kCardExpired, "expired_card")},
    ByCard{"4000000000000127", "chargeDeclinedIncorrectCvc",
           declines(DeclineReason::kCvcInvalid, "incorrect_cvc")},
    ByCard{"4000000000000119", "chargeDeclinedProcessingError",
           declines(DeclineReason::kProviderError, "processing_error")},
    ByCard{"4000000000006975", "chargeDeclinedVelocityLimitExceeded",
           declines(DeclineReason::kLimitExceeded, "card_velocity_exceeded")},
    ByCard{"4100000000000019", "chargeDeclinedFraudulent",
           declines(DeclineReason::kSuspectedFraud, "fraudulent")},
    ByCard{"4000000000003220", "threeDSecure2Required", kChallenges},
    ByCard{"4000002760003184", "authenticationRequired", kChallenges},
};

struct ByAmount {
  std::int64_t minor;
  Outcome outcome;
};
// The last two digits of the declines are the issuers' own response codes (ISO 8583 field 39).
constexpr std::array kAmounts{
    ByAmount{90005, declines(DeclineReason::kDoNotHonor, "05")},
    ByAmount{90051, declines(DeclineReason::kInsufficientFunds, "51")},
    ByAmount{90054, declines(DeclineReason::kCardExpired, "54")},
    ByAmount{90059, declines(DeclineReason::kSuspectedFraud, "59")},
    ByAmount{90061, declines(DeclineReason::kLimitExceeded, "61")},
    ByAmount{90091, declines(DeclineReason::kProviderError, "91")},
    ByAmount{90070, {Answer::kSilence, Answer::kYes, DeclineReason::kOther, ""}},
    ByAmount{90071, {Answer::kSilence, Answer::kNothing, DeclineReason::kOther, ""}},
    ByAmount{90072, {Answer::kSilence, Answer::kNo, DeclineReason::kInsufficientFunds, "51"}},
    ByAmount{90073, {Answer::kSilence, Answer::kSilence, DeclineReason::kOther, ""}},
    ByAmount{90080, {Answer::kUnreachable, Answer::kNothing, DeclineReason::kOther, ""}},
};

Outcome by_card_number(std::string_view number) {
  for (const ByCard& row : kCards)
    if (row.number == number) return row.outcome;
  return kApproves;
}

Outcome by_token(std::string_view token) {
  for (const std::string_view prefix : {"tok_", "pm_card_"})
    if (token.starts_with(prefix)) token.remove_prefix(prefix.size());
  for (const ByCard& row : kCards)
    if (row.token == token) return row.outcome;
  return kApproves;
}
}  // namespace

Outcome by_amount(std::int64_t minor) {
  for (const ByAmount& row : kAmounts)
    if (row.minor == minor) return row.outcome;
  return kApproves;
}

Outcome by_instrument(const florin::PaymentMethod& method) {
  if (const auto* card = std::get_if<florin::Card>(&method.instrument))
    return by_card_number(card->number.expose());
  if (const auto* token = std::get_if<florin::NetworkToken>(&method.instrument))
    return by_card_number(token->number.expose());
  if (const auto* token = std::get_if<florin::ProviderToken>(&method.instrument))
    return by_token(token->token.expose());
  return kApproves;
}

Outcome outcome_of(const florin::PaymentMethod& method, const florin::Money& amount) {
  const Outcome instrument = by_instrument(method);
  return instrument.now == Answer::kYes ? by_amount(amount.minor()) : instrument;
}

}  // namespace test_provider
