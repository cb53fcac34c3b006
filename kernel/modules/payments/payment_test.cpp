// The table of moves and the order that is read from a request.
#include "kernel/modules/payments/payment.hpp"

#include <set>

#include <gtest/gtest.h>

namespace florin {
namespace {

using S = PaymentStatus;
constexpr std::array kAll = {S::kRequiresPaymentMethod, S::kRequiresConfirmation, S::kRequiresAction, S::kProcessing,
                             S::kRequiresCapture,       S::kPartiallyCaptured,    S::kSucceeded,      S::kCanceled};

TEST(PaymentMoves, NothingLeavesTheEndStates) {
  for (const S to : kAll) {
    EXPECT_EQ(find_move(S::kSucceeded, to), nullptr);
    EXPECT_EQ(find_move(S::kCanceled, to), nullptr);
  }
}

TEST(PaymentMoves, MoneyIsOnlyTakenOutOfProcessingOrCapture) {
  const std::set<S> allowed = {S::kProcessing, S::kRequiresCapture, S::kPartiallyCaptured};
  for (const S from : kAll) EXPECT_EQ(find_move(from, S::kSucceeded) != nullptr, allowed.contains(from)) << to_text(from);
}

TEST(PaymentMoves, APaymentInDoubtCannotBeCanceled) { EXPECT_EQ(find_move(S::kProcessing, S::kCanceled), nullptr); }

TEST(PaymentMoves, EveryMoveTellsAnEventOfThePayment) {
  for (const S from : kAll)
    for (const S to : kAll)
      if (const PaymentMove* move = find_move(from, to)) {
        EXPECT_TRUE(move->event.starts_with("payment."));
      }
}

TEST(PaymentStatusNames, AreReadBackAsTheyAreWritten) {
  for (const S status : kAll) EXPECT_EQ(payment_status_from(to_text(status)), status);
  EXPECT_FALSE(payment_status_from("paid"));
}

}  // namespace
}  // namespace florin
