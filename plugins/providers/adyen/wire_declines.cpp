// Adyen's refusal reasons in our vocabulary: every code of its page "Refusal reasons", and those of "Error
// codes" with which it refuses a card before it asks anybody.
#include <algorithm>

#include "wire.hpp"

namespace florin::adyen {

const std::vector<DeclineCode>& refusal_codes() {
  using R = DeclineReason;
  static const std::vector<DeclineCode> codes = {
      {"2", R::kDoNotHonor},               // Refused
      {"3", R::kDoNotHonor},               // Referral
      {"4", R::kProviderError},            // Acquirer Error
      {"5", R::kLostOrStolen},             // Blocked Card
      {"6", R::kCardExpired},              // Expired Card
      {"7", R::kAmountInvalid},            // Invalid Amount
      {"8", R::kCardNumberInvalid},        // Invalid Card Number
      {"9", R::kMethodUnavailable},        // Issuer Unavailable
      {"10", R::kNotPermitted},            // Not supported
      {"11", R::kAuthenticationFailed},    // 3D Not Authenticated
      {"12", R::kInsufficientFunds},       // Not enough balance
      {"14", R::kSuspectedFraud},          // Acquirer Fraud
      {"15", R::kPayerCanceled},           // Cancelled
      {"16", R::kPayerCanceled},           // Shopper Cancelled
      {"17", R::kPinInvalid},              // Invalid Pin
      {"18", R::kPinInvalid},              // Pin tries exceeded
      {"19", R::kPinInvalid},              // Pin validation not possible
      {"20", R::kSuspectedFraud},          // FRAUD
      {"21", R::kProviderError},           // Not Submitted
      {"22", R::kSuspectedFraud},          // FRAUD-CANCELLED
      {"23", R::kNotPermitted},            // Transaction Not Permitted
      {"24", R::kCvcInvalid},              // CVC Declined
      {"25", R::kNotPermitted},            // Restricted Card
      {"26", R::kRevoked},                 // Revocation Of Auth
      {"27", R::kDoNotHonor},              // Declined Non Generic
      {"28", R::kLimitExceeded},           // Withdrawal amount exceeded
      {"29", R::kLimitExceeded},           // Withdrawal count exceeded
      {"31", R::kSuspectedFraud},          // Issuer Suspected Fraud
      {"32", R::kAddressMismatch},         // AVS Declined
      {"33", R::kPinInvalid},              // Card requires online pin
      {"34", R::kNotPermitted},            // No checking account available on Card
      {"35", R::kNotPermitted},            // No savings account available on Card
      {"36", R::kPinInvalid},              // Mobile pin required
      {"37", R::kMethodUnavailable},       // Contactless fallback
      {"38", R::kAuthenticationRequired},  // Authentication required
      {"39", R::kAuthenticationFailed},    // RReq not received from DS
      {"40", R::kMethodUnavailable},       // Current AID is in Penalty Box
      {"41", R::kPinInvalid},              // CVM Required Restart Payment
      {"42", R::kAuthenticationFailed},    // 3DS Authentication Error
      {"43", R::kPinInvalid},              // Online PIN required
      {"44", R::kMethodUnavailable},       // Try another interface
      {"45", R::kMethodUnavailable},       // Chip downgrade mode
      {"46", R::kLimitExceeded},           // Transaction blocked by Adyen to prevent excessive retry fees
      {"50", R::kRevoked},                 // Token Revoked
  };
  return codes;
}

const std::vector<DeclineCode>& card_errors() {
  using R = DeclineReason;
  static const std::vector<DeclineCode> codes = {
      {"101", R::kCardNumberInvalid},  // Invalid card number
      {"102", R::kNotPermitted},       // Unable to determine variant
      {"103", R::kCvcInvalid},         // CVC is not the right length
      {"129", R::kCardExpired},        // Expiry Date Invalid
      {"140", R::kCardExpired},        // The expiry month is none
      {"141", R::kCardExpired},        // The expiry year is none
  };
  return codes;
}

std::optional<DeclineReason> reason_of(const std::vector<DeclineCode>& codes, std::string_view code) {
  const auto found = std::ranges::find(codes, code, &DeclineCode::code);
  if (found == codes.end()) return std::nullopt;
  return found->reason;
}

}  // namespace florin::adyen
