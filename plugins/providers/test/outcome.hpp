// What the test provider answers: a pure function of the instrument and the amount. The card numbers and
// token names are Stripe's documented test values (docs.stripe.com/testing), so that one habit serves
// every sandbox; the amounts are our own and listed in README.md.
#pragma once

#include <cstdint>
#include <string_view>

#include <florin/decline.hpp>
#include <florin/provider.hpp>

namespace test_provider {

enum class Answer {
  kYes,
  kNo,           // Declined, for `reason`.
  kChallenge,    // The payer must pass 3-D Secure first. Only instruments ask for it.
  kSilence,      // In doubt.
  kUnreachable,  // An Error: it never left us.
  kNothing,      // Only when asked later: there is no such operation, and never will be.
};

struct Outcome {
  Answer now = Answer::kYes;    // What the operation itself answers.
  Answer later = Answer::kYes;  // What a lookup of it answers: never kChallenge or kUnreachable.
  florin::DeclineReason reason = florin::DeclineReason::kOther;  // With kNo,
  std::string_view code;  // ... and the "provider's own" word for it; static storage.
};

// By a magic amount, in minor units of whatever currency; every other amount is a yes.
Outcome by_amount(std::int64_t minor);
// By a card number, or a token's name ("tok_visa", "pm_card_visa"); an unknown one is a yes.
Outcome by_instrument(const florin::PaymentMethod& method);
// The instrument speaks first; where it has nothing against the payment, the amount decides.
Outcome outcome_of(const florin::PaymentMethod& method, const florin::Money& amount);

}  // namespace test_provider
