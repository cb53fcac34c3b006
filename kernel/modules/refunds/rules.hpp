// Pure decisions about refunds: which captures the money is taken from, whether a part is tried once more,
// and what a refund's status is when its parts stand as they do.
#pragma once

#include <string>
#include <vector>

#include <florin/result.hpp>

#include "kernel/modules/refunds/refund.hpp"

namespace florin {

// A capture of the payment and how much of it has not been given back, nor is about to be.
struct CaptureLeft {
  std::string reference;
  Money left;
};
// Captures of one reference (a provider that names them alike) count as one.
std::vector<CaptureLeft> what_is_left(std::vector<CaptureLeft> captures, const std::vector<RefundPart>& given_back);

// The parts that make up `asked`: one when a single capture has as much left, else as few as can be, the
// fullest captures first. Errors: kInvalid "amount_too_large" when all together have less.
Result<std::vector<RefundPart>> split_refund(std::vector<CaptureLeft> captures, Money asked);

// Pending while any part is open, else by what was given back: all of it, some of it, nothing.
RefundStatus status_of(const std::vector<RefundPart>& parts);

// A part that provably did nothing (a silence whose look-up found nothing, a crash before it was sent) is
// tried anew when others have given money back already: half a refund helps nobody. A refund of which
// nothing has moved fails instead, and its caller decides.
bool tried_anew(const Refund& refund, const RefundPart& part, const Error& why);

}  // namespace florin
