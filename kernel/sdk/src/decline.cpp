// The one table of decline reasons: what each is called, what may help, what the payer is told.
#include <florin/decline.hpp>

#include <algorithm>

#include <florin/check.hpp>

namespace florin {
namespace {

struct Row {
  DeclineReason reason;
  std::string_view text;
  RetryHint hint;
  std::string_view message;
};

// What names a thief is told to the payer as any other no: "do not honor" (card networks' own rule).
constexpr Row kTable[] = {
    {DeclineReason::kOther, "other", RetryHint::kNever,
     "The payment was declined. Please use another way to pay."},
    {DeclineReason::kInsufficientFunds, "insufficient_funds", RetryHint::kSameProviderLater,
     "The account does not have enough funds."},
    {DeclineReason::kLimitExceeded, "limit_exceeded", RetryHint::kSameProviderLater,
     "The payment is above a limit of this card or account."},
    {DeclineReason::kCardExpired, "card_expired", RetryHint::kNever, "The card has expired."},
    {DeclineReason::kCardNumberInvalid, "card_number_invalid", RetryHint::kNever,
     "The card number is not valid."},
    {DeclineReason::kCvcInvalid, "cvc_invalid", RetryHint::kNever,
     "The card's security code is not correct."},
    {DeclineReason::kAddressMismatch, "address_mismatch", RetryHint::kNever,
     "The billing address does not match the card."},
    {DeclineReason::kPinInvalid, "pin_invalid", RetryHint::kNever, "The PIN is not correct."},
    {DeclineReason::kAuthenticationRequired, "authentication_required", RetryHint::kStepUp,
     "Your bank asks you to confirm this payment."},
    {DeclineReason::kAuthenticationFailed, "authentication_failed", RetryHint::kNever,
     "The payment was not confirmed with your bank."},
    {DeclineReason::kLostOrStolen, "lost_or_stolen", RetryHint::kNever,
     "The card was declined. Please use another way to pay."},
    {DeclineReason::kSuspectedFraud, "suspected_fraud", RetryHint::kNever,
     "The card was declined. Please use another way to pay."},
    {DeclineReason::kDoNotHonor, "do_not_honor", RetryHint::kAnotherProvider,
     "The card was declined. Please ask your bank or use another way to pay."},
    {DeclineReason::kNotPermitted, "not_permitted", RetryHint::kAnotherProvider,
     "This card cannot be used for this kind of payment."},
    {DeclineReason::kAccountClosed, "account_closed", RetryHint::kNever, "The account is closed."},
    {DeclineReason::kRevoked, "revoked", RetryHint::kNever, "The permission for this payment was withdrawn."},
    {DeclineReason::kDuplicate, "duplicate", RetryHint::kNever, "The same payment was made a moment ago."},
    {DeclineReason::kAmountInvalid, "amount_invalid", RetryHint::kAnotherProvider,
     "This amount cannot be paid this way."},
    {DeclineReason::kMethodUnavailable, "method_unavailable", RetryHint::kSameProviderLater,
     "This way to pay is not available now. Please try again later."},
    {DeclineReason::kPayerCanceled, "payer_canceled", RetryHint::kNever, "The payment was canceled."},
    {DeclineReason::kExpired, "expired", RetryHint::kNever, "The payment was not completed in time."},
    {DeclineReason::kProviderError, "provider_error", RetryHint::kAnotherProvider,
     "The payment could not be processed. Please try again."},
};

constexpr bool in_order_of_the_enum() {
  for (std::size_t i = 0; i < std::size(kTable); ++i)
    if (static_cast<std::size_t>(kTable[i].reason) != i) return false;
  return std::size(kTable) == static_cast<std::size_t>(DeclineReason::kProviderError) + 1;
}
static_assert(in_order_of_the_enum());

const Row& row(DeclineReason reason) {
  const auto index = static_cast<std::size_t>(reason);
  FLORIN_CHECK(index < std::size(kTable), "a reason comes from the enum");
  return kTable[index];
}

}  // namespace

std::string_view to_text(DeclineReason reason) { return row(reason).text; }

std::optional<DeclineReason> decline_reason_from(std::string_view text) {
  const Row* found = std::ranges::find(kTable, text, &Row::text);
  if (found == std::end(kTable)) return std::nullopt;
  return found->reason;
}

RetryHint retry_hint(DeclineReason reason) { return row(reason).hint; }

std::string_view to_text(RetryHint hint) {
  switch (hint) {
    case RetryHint::kNever:
      return "never";
    case RetryHint::kSameProviderLater:
      return "same_provider_later";
    case RetryHint::kAnotherProvider:
      return "another_provider";
    case RetryHint::kStepUp:
      return "step_up";
  }
  FLORIN_CHECK(false, "a retry hint comes from the enum");
}

std::string_view payer_message(DeclineReason reason) { return row(reason).message; }

std::vector<DeclineReason> all_decline_reasons() {
  std::vector<DeclineReason> reasons;
  for (const Row& each : kTable) reasons.push_back(each.reason);
  return reasons;
}

}  // namespace florin
