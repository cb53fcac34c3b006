// Why a payment was declined: one vocabulary for all providers, each reason with what may help. The
// provider's own code is kept beside it, never instead of it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <florin/export.hpp>

namespace florin {

enum class DeclineReason {
  kOther,  // A definite no whose code we do not know: counted, never retried.
  kInsufficientFunds,
  kLimitExceeded,  // The card's or account's own limit on amount or count.
  kCardExpired,
  kCardNumberInvalid,
  kCvcInvalid,
  kAddressMismatch,
  kPinInvalid,
  kAuthenticationRequired,  // The issuer wants 3-D Secure.
  kAuthenticationFailed,
  kLostOrStolen,
  kSuspectedFraud,
  kDoNotHonor,
  kNotPermitted,  // This card may not do this: country, kind of purchase, currency.
  kAccountClosed,
  kRevoked,  // The payer stopped this mandate or subscription.
  kDuplicate,
  kAmountInvalid,
  kMethodUnavailable,  // The payer's wallet or bank cannot now.
  kPayerCanceled,
  kExpired,  // The payer did not act in time.
  kProviderError,
};

enum class RetryHint { kNever, kSameProviderLater, kAnotherProvider, kStepUp };

// "insufficient_funds" and so on: the API's `decline_code`.
FLORIN_SDK_API std::string_view to_text(DeclineReason reason);
FLORIN_SDK_API std::optional<DeclineReason> decline_reason_from(std::string_view text);
FLORIN_SDK_API RetryHint retry_hint(DeclineReason reason);
FLORIN_SDK_API std::string_view to_text(RetryHint hint);
// A sentence for the payer.
FLORIN_SDK_API std::string_view payer_message(DeclineReason reason);
FLORIN_SDK_API std::vector<DeclineReason> all_decline_reasons();

}  // namespace florin
