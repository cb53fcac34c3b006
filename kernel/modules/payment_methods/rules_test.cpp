// Who may pay with a saved method, whose it may become, and how it moves.
#include "kernel/modules/payment_methods/rules.hpp"

#include <gtest/gtest.h>

namespace florin {
namespace {

// 2026-11-20.
const Instant kNow{std::chrono::sys_days(std::chrono::year(2026) / 11 / 20)};

SavedMethod method_of(const std::string& customer) {
  SavedMethod method;
  method.id = "pm_1";
  method.customer_id = customer;
  method.face.exp_month = 11;
  method.face.exp_year = 2026;
  return method;
}
std::string code_of(const std::optional<Error>& error) { return error ? error->code : "none"; }

TEST(SavedMethodRules, ACustomerPaysWithTheirOwnMethod) {
  EXPECT_FALSE(why_not_pay(method_of("cus_a"), {"cus_a", false, "card", false, kNow}));
}

TEST(SavedMethodRules, AnotherCustomersMethodIsAsUnknownAsOneThatNobodyHas) {
  const auto no = why_not_pay(method_of("cus_a"), {"cus_b", false, "", false, kNow});
  ASSERT_TRUE(no);
  EXPECT_EQ(no->kind, Error::Kind::kNotFound);
  EXPECT_EQ(no->message, no_such_method("pm_1", "").message);
}

TEST(SavedMethodRules, ACustomerWhoIsOnlyBeingMadeHasNoMethodYet) {
  const auto no = why_not_pay(method_of("cus_a"), {"", true, "", false, kNow});
  ASSERT_TRUE(no);
  EXPECT_EQ(no->kind, Error::Kind::kNotFound);
  EXPECT_FALSE(why_not_pay(method_of(""), {"", true, "", false, kNow})) << "nobody's method is anybody's to use";
}

TEST(SavedMethodRules, TheMerchantMayLeaveOutWhoseMethodItIs) {
  EXPECT_FALSE(why_not_pay(method_of("cus_a"), {"", false, "", false, kNow}));
}

TEST(SavedMethodRules, APayersBrowserMayOnlyNameMethodsOfThePaymentsOwnCustomer) {
  EXPECT_FALSE(why_not_pay(method_of("cus_a"), {"cus_a", false, "", true, kNow}));
  for (const auto& [owner, payer] : {std::pair("cus_a", "cus_b"), {"cus_a", ""}, {"", "cus_b"}, {"", ""}}) {
    const auto no = why_not_pay(method_of(owner), {payer, false, "", true, kNow});
    ASSERT_TRUE(no) << owner << " " << payer;
    EXPECT_EQ(no->kind, Error::Kind::kNotFound);
  }
}

TEST(SavedMethodRules, ACardPaysThroughTheLastDayOfItsMonthAndADayOfGrace) {
  const auto on = [](std::chrono::year_month_day day) {
    return code_of(why_not_pay(method_of("cus_a"), {"cus_a", false, "", false, Instant{std::chrono::sys_days(day)}}));
  };
  EXPECT_EQ(on(std::chrono::year(2026) / 12 / 1), "none");
  EXPECT_EQ(on(std::chrono::year(2026) / 12 / 2), "expired_card");
}

TEST(SavedMethodRules, WhatIsDetachedOrOfAnotherTypeDoesNotPay) {
  SavedMethod gone = method_of("");
  gone.status = MethodStatus::kDetached;
  EXPECT_EQ(code_of(why_not_pay(gone, {"", false, "", false, kNow})), "payment_method_detached");
  EXPECT_EQ(code_of(why_not_pay(method_of(""), {"", false, "paypal", false, kNow})), "invalid_parameter");
}

TEST(SavedMethodRules, AMethodIsAttachedOnceAndNotTakenFromItsCustomer) {
  EXPECT_FALSE(why_not_attach(method_of(""), "cus_a"));
  EXPECT_FALSE(why_not_attach(method_of("cus_a"), "cus_a"));
  EXPECT_EQ(code_of(why_not_attach(method_of("cus_a"), "cus_b")), "payment_method_already_attached");
  SavedMethod gone = method_of("");
  gone.status = MethodStatus::kDetached;
  EXPECT_EQ(code_of(why_not_attach(gone, "cus_a")), "payment_method_detached");
}

TEST(SavedMethodMoves, NothingComesBackFromDetachedNorToPending) {
  using S = MethodStatus;
  for (const S other : {S::kPending, S::kActive, S::kDetached}) {
    EXPECT_EQ(find_method_move(S::kDetached, other), nullptr);
    EXPECT_EQ(find_method_move(other, S::kPending), nullptr);
    EXPECT_EQ(method_status_from(to_text(other)), other);
  }
  EXPECT_EQ(find_method_move(S::kPending, S::kDetached), nullptr);
}

}  // namespace
}  // namespace florin
