// The table of moves, and the states' names.
#include "kernel/modules/payments/payment.hpp"

#include <array>

namespace florin {

namespace {
using S = PaymentStatus;
constexpr std::array kMoves = {
    PaymentMove{S::kRequiresPaymentMethod, S::kRequiresConfirmation, "payment.method_attached"},
    PaymentMove{S::kRequiresPaymentMethod, S::kProcessing, "payment.processing"},
    PaymentMove{S::kRequiresPaymentMethod, S::kCanceled, "payment.canceled"},
    PaymentMove{S::kRequiresConfirmation, S::kProcessing, "payment.processing"},
    PaymentMove{S::kRequiresConfirmation, S::kCanceled, "payment.canceled"},
    PaymentMove{S::kProcessing, S::kRequiresAction, "payment.requires_action"},
    PaymentMove{S::kProcessing, S::kRequiresCapture, "payment.authorized"},
    PaymentMove{S::kProcessing, S::kSucceeded, "payment.succeeded"},
    PaymentMove{S::kProcessing, S::kRequiresPaymentMethod, "payment.failed"},
    PaymentMove{S::kRequiresAction, S::kProcessing, "payment.processing"},
    PaymentMove{S::kRequiresAction, S::kCanceled, "payment.canceled"},
    PaymentMove{S::kRequiresCapture, S::kPartiallyCaptured, "payment.partially_captured"},
    PaymentMove{S::kRequiresCapture, S::kSucceeded, "payment.succeeded"},
    PaymentMove{S::kRequiresCapture, S::kCanceled, "payment.canceled"},
    PaymentMove{S::kPartiallyCaptured, S::kPartiallyCaptured, "payment.partially_captured"},
    PaymentMove{S::kPartiallyCaptured, S::kSucceeded, "payment.succeeded"},
};

constexpr std::array<std::string_view, 8> kStatusNames = {
    "requires_payment_method", "requires_confirmation", "requires_action", "processing",
    "requires_capture",        "partially_captured",    "succeeded",       "canceled"};
constexpr std::array<std::string_view, 4> kKindNames = {"authorize", "capture", "void", "refund"};
constexpr std::array<std::string_view, 6> kStateNames = {"sending",  "requires_action", "approved",
                                                         "declined", "failed",          "in_doubt"};

template <class Names>
std::size_t index_of(const Names& names, std::string_view text) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == text) return i;
  return names.size();
}
}  // namespace

const PaymentMove* find_move(PaymentStatus from, PaymentStatus to) {
  for (const PaymentMove& move : kMoves)
    if (move.from == from && move.to == to) return &move;
  return nullptr;
}

std::string_view to_text(PaymentStatus status) { return kStatusNames[static_cast<std::size_t>(status)]; }

std::optional<PaymentStatus> payment_status_from(std::string_view text) {
  const std::size_t index = index_of(kStatusNames, text);
  if (index == kStatusNames.size()) return std::nullopt;
  return static_cast<PaymentStatus>(index);
}

std::string_view to_text(AttemptKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

AttemptKind attempt_kind_from(std::string_view text) {
  const std::size_t index = index_of(kKindNames, text);
  FLORIN_CHECK(index < kKindNames.size(), "the attempts table holds only kinds that we wrote");
  return static_cast<AttemptKind>(index);
}

std::string_view to_text(AttemptState state) { return kStateNames[static_cast<std::size_t>(state)]; }

AttemptState attempt_state_from(std::string_view text) {
  const std::size_t index = index_of(kStateNames, text);
  FLORIN_CHECK(index < kStateNames.size(), "the attempts table holds only states that we wrote");
  return static_cast<AttemptState>(index);
}

}  // namespace florin
