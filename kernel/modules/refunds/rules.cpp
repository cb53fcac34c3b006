// The rules; sums stay within the payment's captured amount, which is bounded.
#include "kernel/modules/refunds/rules.hpp"

#include <algorithm>

namespace florin {

namespace {
constexpr int kTriesMax = 3;
}  // namespace

std::vector<CaptureLeft> what_is_left(std::vector<CaptureLeft> captures, const std::vector<RefundPart>& given_back) {
  std::vector<CaptureLeft> left;
  for (CaptureLeft& capture : captures) {
    const auto same = std::find_if(left.begin(), left.end(),
                                   [&capture](const CaptureLeft& one) { return one.reference == capture.reference; });
    if (same == left.end())
      left.push_back(std::move(capture));
    else
      same->left = same->left + capture.left;
  }
  for (const RefundPart& part : given_back)
    for (CaptureLeft& capture : left)
      if (part.holds() && part.capture_reference == capture.reference) capture.left = capture.left - part.amount;
  return left;
}

Result<std::vector<RefundPart>> split_refund(std::vector<CaptureLeft> captures, Money asked) {
  Money all = Money::zero(asked.currency());
  for (const CaptureLeft& capture : captures) all = all + capture.left;
  if (all < asked)
    return Error{Error::Kind::kInvalid,
                 "only " + std::to_string(all.minor()) + " minor units of " + std::string(asked.currency().code()) +
                     " are left to refund",
                 "amount_too_large", "amount"};
  const auto enough = std::find_if(captures.begin(), captures.end(),
                                   [&asked](const CaptureLeft& capture) { return capture.left >= asked; });
  if (enough != captures.end()) return std::vector<RefundPart>{{1, asked, enough->reference}};
  std::stable_sort(captures.begin(), captures.end(),
                   [](const CaptureLeft& a, const CaptureLeft& b) { return b.left < a.left; });
  std::vector<RefundPart> parts;
  Money open = asked;
  for (const CaptureLeft& capture : captures) {
    if (open.is_zero()) break;
    const Money amount = std::min(open, capture.left);
    parts.push_back({static_cast<int>(parts.size()) + 1, amount, capture.reference});
    open = open - amount;
  }
  return parts;
}

RefundStatus status_of(const std::vector<RefundPart>& parts) {
  const auto is_any = [&parts](PartState state) {
    return std::any_of(parts.begin(), parts.end(), [state](const RefundPart& part) { return part.state == state; });
  };
  if (is_any(PartState::kPlanned) || is_any(PartState::kSending) || is_any(PartState::kPending))
    return RefundStatus::kPending;
  if (!is_any(PartState::kSucceeded)) return RefundStatus::kFailed;
  const bool all = !is_any(PartState::kFailed) && !is_any(PartState::kDropped);
  return all ? RefundStatus::kSucceeded : RefundStatus::kPartiallySucceeded;
}

bool tried_anew(const Refund& refund, const RefundPart& part, const Error& why) {
  return why.kind == Error::Kind::kTimedOut && part.tries < kTriesMax && !refund.booked().is_zero();
}

}  // namespace florin
