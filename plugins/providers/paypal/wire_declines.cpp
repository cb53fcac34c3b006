// Why PayPal, or the card's processor behind it, said no. From "Orders v2 errors" and "Card decline errors"
// (processor response codes).
#include <algorithm>
#include <array>

#include "wire_request.hpp"

namespace florin::paypal {
namespace {

using R = DeclineReason;
struct Row {
  std::string_view code;
  DeclineReason reason;
};

constexpr auto kIssues = std::to_array<Row>({
    {"AGREEMENT_ALREADY_CANCELLED", R::kRevoked},
    {"CARD_BRAND_NOT_SUPPORTED", R::kNotPermitted},
    {"CARD_CLOSED", R::kAccountClosed},
    {"CARD_EXPIRED", R::kCardExpired},
    {"COMPLIANCE_VIOLATION", R::kNotPermitted},
    {"DECLINED_DUE_TO_RELATED_TXN", R::kDoNotHonor},
    {"DOMESTIC_TRANSACTION_REQUIRED", R::kNotPermitted},
    {"DUPLICATE_INVOICE_ID", R::kDuplicate},
    {"INSTRUMENT_DECLINED", R::kDoNotHonor},
    {"MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED", R::kLimitExceeded},
    {"ORDER_EXPIRED", R::kExpired},
    {"PAYEE_BLOCKED_TRANSACTION", R::kSuspectedFraud},
    {"PAYER_ACCOUNT_LOCKED_OR_CLOSED", R::kAccountClosed},
    {"PAYER_ACCOUNT_RESTRICTED", R::kNotPermitted},
    {"PAYER_CANNOT_PAY", R::kMethodUnavailable},
    {"REDIRECT_PAYER_FOR_ALTERNATE_FUNDING", R::kMethodUnavailable},
    {"REFERENCED_CARD_EXPIRED", R::kCardExpired},
    {"TOKEN_EXPIRED", R::kExpired},
    {"TRANSACTION_BLOCKED_BY_PAYEE", R::kSuspectedFraud},
    {"TRANSACTION_LIMIT_EXCEEDED", R::kLimitExceeded},
    {"TRANSACTION_RECEIVING_LIMIT_EXCEEDED", R::kLimitExceeded},
    {"TRANSACTION_REFUSED", R::kDoNotHonor},
});

constexpr auto kResponses = std::to_array<Row>({
    {"00N7", R::kCvcInvalid},              // CVV2_FAILURE_POSSIBLE_RETRY_WITH_CVV
    {"0100", R::kDoNotHonor},              // REFERRAL
    {"0390", R::kAccountClosed},           // ACCOUNT_NOT_FOUND
    {"0500", R::kDoNotHonor},              // DO_NOT_HONOR
    {"0580", R::kNotPermitted},            // UNAUTHORIZED_TRANSACTION
    {"0800", R::kProviderError},           // BAD_RESPONSE_REVERSAL_REQUIRED
    {"0880", R::kProviderError},           // CRYPTOGRAPHIC_FAILURE
    {"0890", R::kPinInvalid},              // UNACCEPTABLE_PIN
    {"0960", R::kProviderError},           // SYSTEM_MALFUNCTION
    {"0R00", R::kRevoked},                 // CANCELLED_PAYMENT
    {"10BR", R::kDoNotHonor},              // ISSUER_REJECTED
    {"1310", R::kAmountInvalid},           // INVALID_AMOUNT
    {"1320", R::kNotPermitted},            // INVALID_CURRENCY_CODE
    {"1330", R::kCardNumberInvalid},       // INVALID_ACCOUNT
    {"1335", R::kCardNumberInvalid},       // INVALID_ACCOUNT_RECURRING
    {"1350", R::kNotPermitted},            // INVALID_MERCHANT
    {"1352", R::kAccountClosed},           // RESTRICTED_OR_INACTIVE_ACCOUNT
    {"1370", R::kNotPermitted},            // INVALID_MCC
    {"1380", R::kCardExpired},             // INVALID_EXPIRATION
    {"1382", R::kCvcInvalid},              // INVALID_CARD_VERIFICATION_VALUE
    {"1393", R::kDoNotHonor},              // TRANSACTION_CANNOT_BE_COMPLETED
    {"5100", R::kDoNotHonor},              // GENERIC_DECLINE
    {"5110", R::kCvcInvalid},              // CVV2_FAILURE
    {"5120", R::kInsufficientFunds},       // INSUFFICIENT_FUNDS
    {"5130", R::kPinInvalid},              // INVALID_PIN
    {"5135", R::kPinInvalid},              // DECLINED_PIN_TRY_EXCEEDED
    {"5140", R::kAccountClosed},           // CARD_CLOSED
    {"5150", R::kLostOrStolen},            // PICKUP_CARD_SPECIAL_CONDITIONS
    {"5160", R::kNotPermitted},            // UNAUTHORIZED_USER
    {"5170", R::kAddressMismatch},         // AVS_FAILURE
    {"5180", R::kCardNumberInvalid},       // INVALID_OR_RESTRICTED_CARD
    {"5190", R::kAddressMismatch},         // SOFT_AVS
    {"5200", R::kDuplicate},               // DUPLICATE_TRANSACTION
    {"5210", R::kNotPermitted},            // INVALID_TRANSACTION
    {"5400", R::kCardExpired},             // EXPIRED_CARD
    {"5500", R::kPinInvalid},              // INCORRECT_PIN_REENTER
    {"5650", R::kAuthenticationRequired},  // DECLINED_SCA_REQUIRED
    {"5700", R::kNotPermitted},            // TRANSACTION_NOT_PERMITTED
    {"5710", R::kLimitExceeded},           // TX_ATTEMPTS_EXCEED_LIMIT
    {"5910", R::kMethodUnavailable},       // ISSUER_NOT_AVAILABLE_NOT_RETRIABLE
    {"5920", R::kMethodUnavailable},       // ISSUER_NOT_AVAILABLE_RETRIABLE
    {"5930", R::kNotPermitted},            // CARD_NOT_ACTIVATED
    {"5950", R::kAccountClosed},           // DECLINED_DUE_TO_UPDATED_ACCOUNT
    {"6300", R::kAccountClosed},           // ACCOUNT_NOT_ON_FILE
    {"7700", R::kAuthenticationFailed},    // ERROR_3DS
    {"7710", R::kAuthenticationFailed},    // AUTHENTICATION_FAILED
    {"7800", R::kCardNumberInvalid},       // BIN_ERROR
    {"7900", R::kPinInvalid},              // PIN_ERROR
    {"8000", R::kProviderError},           // PROCESSOR_SYSTEM_ERROR
    {"8010", R::kProviderError},           // HOST_KEY_ERROR
    {"8020", R::kProviderError},           // CONFIGURATION_ERROR
    {"8030", R::kNotPermitted},            // UNSUPPORTED_OPERATION
    {"8100", R::kProviderError},           // FATAL_COMMUNICATION_ERROR
    {"8110", R::kProviderError},           // RETRIABLE_COMMUNICATION_ERROR
    {"8220", R::kProviderError},           // SYSTEM_UNAVAILABLE
    {"9100", R::kProviderError},           // DECLINED_PLEASE_RETRY
    {"9500", R::kSuspectedFraud},          // SUSPECTED_FRAUD
    {"9510", R::kSuspectedFraud},          // SECURITY_VIOLATION
    {"9520", R::kLostOrStolen},            // LOST_OR_STOLEN
    {"9530", R::kDoNotHonor},              // HOLD_CALL_CENTER
    {"9540", R::kDoNotHonor},              // REFUSED_CARD
    {"PCVV", R::kCvcInvalid},              // CVV_FAILURE
    {"PP06", R::kAccountClosed},           // ACCOUNT_CLOSED
    {"PPAB", R::kAccountClosed},           // ACCOUNT_BLOCKED_BY_ISSUER
    {"PPAD", R::kAddressMismatch},         // BILLING_ADDRESS
    {"PPAV", R::kAddressMismatch},         // ARC_AVS
    {"PPAX", R::kLimitExceeded},           // AMOUNT_EXCEEDED
    {"PPC2", R::kCvcInvalid},              // ARC_CVV
    {"PPCO", R::kNotPermitted},            // COUNTRY
    {"PPCT", R::kNotPermitted},            // CARD_TYPE_UNSUPPORTED
    {"PPCU", R::kNotPermitted},            // CURRENCY_USED_INVALID
    {"PPD3", R::kAuthenticationFailed},    // SECURE_ERROR_3DS
    {"PPEF", R::kCardExpired},             // EXPIRED_FUNDING_INSTRUMENT
    {"PPEL", R::kLimitExceeded},           // EXCEEDS_FREQUENCY_LIMIT
    {"PPER", R::kProviderError},           // INTERNAL_SYSTEM_ERROR
    {"PPEX", R::kCardExpired},             // EXPIRY_DATE
    {"PPFR", R::kNotPermitted},            // RESTRICTED_FUNDING_INSTRUMENT
    {"PPNL", R::kLimitExceeded},           // EXCEEDS_NETWORK_FREQUENCY_LIMIT
    {"PPNT", R::kProviderError},           // NETWORK_ERROR
    {"PPRN", R::kDoNotHonor},              // REATTEMPT_NOT_PERMITTED
});

template <std::size_t N>
DeclineReason look_up(const std::array<Row, N>& rows, std::string_view code) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.code == code; });
  return found == rows.end() ? R::kOther : found->reason;
}

}  // namespace

DeclineReason reason_of_issue(std::string_view issue) { return look_up(kIssues, issue); }
DeclineReason reason_of_response(std::string_view response_code) {
  return look_up(kResponses, response_code);
}

}  // namespace florin::paypal
