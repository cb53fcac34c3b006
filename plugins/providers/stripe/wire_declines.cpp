// Stripe's decline codes in our vocabulary: every code of its page "Decline codes", and those of "Error
// codes" that stand in their place when the issuer gave none.
#include <algorithm>

#include "wire_request.hpp"

namespace florin::stripe {

const std::vector<DeclineCode>& decline_codes() {
  using R = DeclineReason;
  static const std::vector<DeclineCode> codes = {
      {"approve_with_id", R::kProviderError},
      {"authentication_not_handled", R::kAuthenticationRequired},
      {"authentication_required", R::kAuthenticationRequired},
      {"call_issuer", R::kDoNotHonor},
      {"card_decline_rate_limit_exceeded", R::kLimitExceeded},
      {"card_declined", R::kDoNotHonor},
      {"card_not_supported", R::kNotPermitted},
      {"card_velocity_exceeded", R::kLimitExceeded},
      {"currency_not_supported", R::kNotPermitted},
      {"do_not_honor", R::kDoNotHonor},
      {"do_not_try_again", R::kDoNotHonor},
      {"duplicate_transaction", R::kDuplicate},
      {"expired_card", R::kCardExpired},
      {"fraudulent", R::kSuspectedFraud},
      {"generic_decline", R::kDoNotHonor},
      {"incorrect_address", R::kAddressMismatch},
      {"incorrect_cvc", R::kCvcInvalid},
      {"incorrect_number", R::kCardNumberInvalid},
      {"incorrect_pin", R::kPinInvalid},
      {"incorrect_zip", R::kAddressMismatch},
      {"insufficient_funds", R::kInsufficientFunds},
      {"invalid_account", R::kAccountClosed},
      {"invalid_amount", R::kAmountInvalid},
      {"invalid_cvc", R::kCvcInvalid},
      {"invalid_expiry_month", R::kCardExpired},
      {"invalid_expiry_year", R::kCardExpired},
      {"invalid_number", R::kCardNumberInvalid},
      {"invalid_pin", R::kPinInvalid},
      {"issuer_not_available", R::kMethodUnavailable},
      {"lost_card", R::kLostOrStolen},
      {"merchant_blacklist", R::kSuspectedFraud},
      {"new_account_information_available", R::kAccountClosed},
      {"no_action_taken", R::kDoNotHonor},
      {"not_permitted", R::kNotPermitted},
      {"offline_pin_required", R::kPinInvalid},
      {"online_or_offline_pin_required", R::kPinInvalid},
      {"payment_intent_authentication_failure", R::kAuthenticationFailed},
      {"pickup_card", R::kLostOrStolen},
      {"pin_try_exceeded", R::kPinInvalid},
      {"processing_error", R::kProviderError},
      {"reenter_transaction", R::kProviderError},
      {"restricted_card", R::kLostOrStolen},
      {"revocation_of_all_authorizations", R::kRevoked},
      {"revocation_of_authorization", R::kRevoked},
      {"security_violation", R::kDoNotHonor},
      {"service_not_allowed", R::kNotPermitted},
      {"stolen_card", R::kLostOrStolen},
      {"stop_payment_order", R::kRevoked},
      {"testmode_decline", R::kNotPermitted},
      {"transaction_not_allowed", R::kNotPermitted},
      {"try_again_later", R::kProviderError},
      {"withdrawal_count_limit_exceeded", R::kLimitExceeded},
  };
  return codes;
}

DeclineReason reason_of(std::string_view code) {
  for (const DeclineCode& known : decline_codes())
    if (known.code == code) return known.reason;
  return DeclineReason::kOther;
}

Declined declined(const Json& error) {
  const std::string issuer = text_at(error, "decline_code");
  const std::string code = issuer.empty() ? text_at(error, "code") : issuer;
  return {reason_of(code), clipped(code, 100), clipped(text_at(error, "message"), 500)};
}

}  // namespace florin::stripe
