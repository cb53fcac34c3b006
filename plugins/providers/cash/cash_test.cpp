// What recording cash means: taken at once, given back at once, and a lost answer is found again.
#include <gtest/gtest.h>

#include "plugins/providers/cash/provider.hpp"
#include "tests/support/closed_door.hpp"
#include "tests/support/provider_requests.hpp"

namespace {
using namespace florin;
using namespace florin::test_support;

const Money kTwelveEuros(1200, Currency::of("EUR"));

class CashTest : public ::testing::Test {
 protected:
  ClosedDoor door_;
  cash::CashProvider provider_{Settings()};
};

TEST_F(CashTest, IsTakenAtOnceAndALookupFindsTheSameReceipt) {
  const AuthorizeRequest request = sale({"cash", {}}, kTwelveEuros);
  const auto answer = provider_.authorize(request, door_).run();
  const LookupRequest ask = question(LookupRequest::Of::kAuthorize, kTwelveEuros);
  const auto found = provider_.lookup(ask, door_).run();

  ASSERT_TRUE(answer);
  EXPECT_TRUE(std::get<Approved>(*answer).captured);
  EXPECT_EQ(std::get<Approved>(*answer).capture_reference, "cash_att_1");
  EXPECT_EQ(std::get<Approved>(*found).reference, std::get<Approved>(*answer).reference);
}

TEST_F(CashTest, CannotBeHeldForALaterCapture) {
  AuthorizeRequest request = sale({"cash", {}}, kTwelveEuros);
  request.capture = false;

  const auto answer = provider_.authorize(request, door_).run();

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Error::Kind::kInvalid);
}

TEST_F(CashTest, RefundIsHandedOutAtOnceUnderItsOwnReceipt) {
  const RefundRequest request{"att_2", "pay_1", "cash_att_1", "cash_att_1", kTwelveEuros, "", Instant()};
  const auto answer = provider_.refund(request, door_).run();
  const LookupRequest ask = question(LookupRequest::Of::kRefund, kTwelveEuros, "att_2");
  const auto found = provider_.lookup_modification(ask, door_).run();

  EXPECT_EQ(std::get<Accepted>(*answer).reference, "cash_att_2");
  EXPECT_EQ(std::get<Accepted>(*found).reference, "cash_att_2");
}
}  // namespace
