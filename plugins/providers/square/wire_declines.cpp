// Square's error codes in our vocabulary: every one of ErrorCode (API 2025-08-20) in the categories
// PAYMENT_METHOD_ERROR and REFUND_ERROR, and those about a card or an amount that Square files under
// INVALID_REQUEST_ERROR. All others are about the request and never a decline.
#include <algorithm>
#include <array>

#include "wire_request.hpp"

namespace florin::square {

const std::vector<DeclineCode>& decline_codes() {
  using R = DeclineReason;
  static const std::vector<DeclineCode> codes = {
      {"ACCOUNT_UNUSABLE", R::kAccountClosed},
      {"ADDRESS_VERIFICATION_FAILURE", R::kAddressMismatch},
      {"ALLOWABLE_PIN_TRIES_EXCEEDED", R::kPinInvalid},
      {"AMOUNT_TOO_HIGH", R::kAmountInvalid},
      {"APPLE_TTP_PIN_TOKEN", R::kPinInvalid},
      {"BAD_EXPIRATION", R::kCardExpired},
      {"BUYER_REFUSED_PAYMENT", R::kMethodUnavailable},
      {"CARDHOLDER_INSUFFICIENT_PERMISSIONS", R::kNotPermitted},
      {"CARD_DECLINED", R::kDoNotHonor},
      {"CARD_DECLINED_CALL_ISSUER", R::kDoNotHonor},
      {"CARD_DECLINED_VERIFICATION_REQUIRED", R::kAuthenticationRequired},
      {"CARD_EXPIRED", R::kCardExpired},
      {"CARD_MISMATCH", R::kNotPermitted},
      {"CARD_NOT_SUPPORTED", R::kNotPermitted},
      {"CARD_PRESENCE_REQUIRED", R::kNotPermitted},
      {"CHIP_INSERTION_REQUIRED", R::kNotPermitted},
      {"CURRENCY_MISMATCH", R::kNotPermitted},
      {"CVV_FAILURE", R::kCvcInvalid},
      {"DELAYED_TRANSACTION_EXPIRED", R::kExpired},
      {"EXPIRATION_FAILURE", R::kCardExpired},
      {"GENERIC_DECLINE", R::kDoNotHonor},
      {"GIFT_CARD_AVAILABLE_AMOUNT", R::kInsufficientFunds},
      {"INSUFFICIENT_FUNDS", R::kInsufficientFunds},
      {"INSUFFICIENT_PERMISSIONS", R::kNotPermitted},
      {"INSUFFICIENT_PERMISSIONS_FOR_REFUND", R::kNotPermitted},
      {"INVALID_ACCOUNT", R::kAccountClosed},
      {"INVALID_CARD", R::kCardNumberInvalid},
      {"INVALID_CARD_DATA", R::kCardNumberInvalid},
      {"INVALID_ENCRYPTED_CARD", R::kCardNumberInvalid},
      {"INVALID_EXPIRATION", R::kCardExpired},
      {"INVALID_EXPIRATION_DATE", R::kCardExpired},
      {"INVALID_EXPIRATION_YEAR", R::kCardExpired},
      {"INVALID_FEES", R::kProviderError},
      {"INVALID_LOCATION", R::kNotPermitted},
      {"INVALID_PIN", R::kPinInvalid},
      {"INVALID_POSTAL_CODE", R::kAddressMismatch},
      {"ISSUER_INSTALLMENT_ERROR", R::kNotPermitted},
      {"MANUALLY_ENTERED_PAYMENT_NOT_SUPPORTED", R::kNotPermitted},
      {"MISSING_ACCOUNT_TYPE", R::kNotPermitted},
      {"MISSING_PIN", R::kPinInvalid},
      {"PAN_FAILURE", R::kCardNumberInvalid},
      {"PAYMENT_AMOUNT_MISMATCH", R::kAmountInvalid},
      {"PAYMENT_LIMIT_EXCEEDED", R::kLimitExceeded},
      {"PAYMENT_NOT_REFUNDABLE", R::kNotPermitted},
      {"PAYMENT_NOT_REFUNDABLE_DUE_TO_DISPUTE", R::kNotPermitted},
      {"READER_DECLINED", R::kDoNotHonor},
      {"REFUND_AMOUNT_INVALID", R::kAmountInvalid},
      {"REFUND_DECLINED", R::kDoNotHonor},
      {"REFUND_ERROR_PAYMENT_NEEDS_COMPLETION", R::kNotPermitted},
      {"RESERVATION_DECLINED", R::kDoNotHonor},
      {"TRANSACTION_LIMIT", R::kLimitExceeded},
      {"UNSUPPORTED_CARD_BRAND", R::kNotPermitted},
      {"UNSUPPORTED_ENTRY_METHOD", R::kNotPermitted},
      {"VERIFY_AVS_FAILURE", R::kAddressMismatch},
      {"VERIFY_CVV_FAILURE", R::kCvcInvalid},
      {"VOICE_FAILURE", R::kDoNotHonor},
  };
  return codes;
}

DeclineReason reason_of(std::string_view code) {
  for (const DeclineCode& known : decline_codes())
    if (known.code == code) return known.reason;
  return DeclineReason::kOther;
}

bool may_have_acted(std::string_view code) {
  // "Used" and "reused" may be our own doing: the kernel sends again when a connection dies, and the first
  // request may have arrived. TEMPORARY_ERROR asks for a retry under the same key.
  static constexpr auto kCodes = std::to_array<std::string_view>(
      {"CARD_TOKEN_USED", "CONFLICT", "IDEMPOTENCY_KEY_REUSED", "REFUND_ALREADY_PENDING", "REQUEST_TIMEOUT",
       "SOURCE_USED", "TEMPORARY_ERROR"});
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

Declined declined(const Json& error) {
  const std::string code = text_at(error, "code");
  return {reason_of(code), clipped(code, 100), clipped(text_at(error, "detail"), 500)};
}

}  // namespace florin::square
