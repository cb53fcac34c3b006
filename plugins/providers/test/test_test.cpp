// What paying through the test provider means: outcomes by card number, token and amount, lookups that
// agree with what was answered, and fees by integer arithmetic.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "plugins/providers/test/provider.hpp"
#include "tests/support/closed_door.hpp"
#include "tests/support/provider_requests.hpp"

namespace {
using namespace florin;
using namespace florin::test_support;
using test_provider::TestProvider;

Money euros(std::int64_t minor) { return Money(minor, Currency::of("EUR")); }
AuthorizeRequest payment(PaymentMethod method, std::int64_t minor = 1200) {
  AuthorizeRequest request = sale(std::move(method), euros(minor));
  request.return_url = "https://shop.example/back";
  return request;
}

class TestProviderTest : public ::testing::Test {
 protected:
  AuthorizeResult authorize(const AuthorizeRequest& request) {
    return provider_.authorize(request, door_).run();
  }
  AuthorizationLookup looked_up(std::int64_t minor) {
    const LookupRequest request = question(LookupRequest::Of::kAuthorize, euros(minor));
    return *provider_.lookup(request, door_).run();
  }

  ClosedDoor door_;
  TestProvider provider_{Settings()};
};
using TestProviderAuthorize = TestProviderTest;
using TestProviderLookup = TestProviderTest;
using TestProviderModify = TestProviderTest;

TEST_F(TestProviderAuthorize, OrdinaryCardIsCapturedUnderAReferenceMadeFromTheAttempt) {
  const auto answer = authorize(payment(card("4242424242424242")));

  ASSERT_TRUE(answer);
  const auto& approved = std::get<Approved>(*answer);
  EXPECT_EQ(approved.reference, "test_att_1");
  EXPECT_TRUE(approved.captured);
  EXPECT_EQ(approved.capture_reference, "test_att_1");
  EXPECT_FALSE(approved.fee) << "no fee is set, so none is claimed";
}

TEST_F(TestProviderAuthorize, ManualCaptureHoldsTheAmountOnly) {
  AuthorizeRequest request = payment(card("5555555555554444"));
  request.capture = false;

  const auto answer = authorize(request);

  EXPECT_FALSE(std::get<Approved>(*answer).captured);
  EXPECT_EQ(std::get<Approved>(*answer).capture_reference, "");
}

TEST_F(TestProviderAuthorize, EachDecliningCardHasItsReason) {
  const std::pair<const char*, DeclineReason> cards[] = {
      {"4000000000000002", DeclineReason::kDoNotHonor},
      {"4000000000009995", DeclineReason::kInsufficientFunds},
      {"4000000000009987", DeclineReason::kLostOrStolen},
      {"4000000000009979", DeclineReason::kLostOrStolen},
      {"4000000000000069", DeclineReason::kCardExpired},
      {"4000000000000127", DeclineReason::kCvcInvalid},
      {"4000000000000119", DeclineReason::kProviderError},
      {"4000000000006975", DeclineReason::kLimitExceeded},
      {"4100000000000019", DeclineReason::kSuspectedFraud}};
  for (const auto& [number, reason] : cards) {
    const auto answer = authorize(payment(card(number)));
    ASSERT_TRUE(answer) << number;
    ASSERT_TRUE(std::holds_alternative<Declined>(*answer)) << number;
    EXPECT_EQ(std::get<Declined>(*answer).reason, reason) << number;
    EXPECT_NE(std::get<Declined>(*answer).provider_code, "") << number;
  }
}

TEST_F(TestProviderAuthorize, TokensMeanWhatTheirCardsMean) {
  const auto approved = authorize(payment(provider_token("tok_visa")));
  const auto declined = authorize(payment(provider_token("tok_chargeDeclinedInsufficientFunds")));
  const auto challenged = authorize(payment(provider_token("pm_card_authenticationRequired")));

  EXPECT_TRUE(std::holds_alternative<Approved>(*approved));
  EXPECT_EQ(std::get<Declined>(*declined).reason, DeclineReason::kInsufficientFunds);
  EXPECT_TRUE(std::holds_alternative<RequiresAction>(*challenged));
}

TEST_F(TestProviderAuthorize, ChallengedCardIsApprovedOnceThePayerCameBack) {
  const auto first = authorize(payment(card("4000000000003220")));
  const auto& action = std::get<RequiresAction>(*first);
  EXPECT_EQ(action.kind, RequiresAction::Kind::kThreeDs);
  EXPECT_EQ(action.url, "https://shop.example/back") << "there is no page in between";

  const ResumeRequest back{"att_1", "pay_1", action.reference, euros(1200), true, Instant()};
  const auto second = provider_.resume(back, door_).run();

  EXPECT_EQ(std::get<Approved>(*second).reference, action.reference);
  EXPECT_TRUE(std::get<Approved>(*second).captured);
}

TEST_F(TestProviderAuthorize, DeclineAfterAPassedChallengeIsSteeredByTheAmount) {
  const ResumeRequest back{"att_1", "pay_1", "test_att_1", euros(90051), true, Instant()};

  const auto answer = provider_.resume(back, door_).run();

  EXPECT_EQ(std::get<Declined>(*answer).reason, DeclineReason::kInsufficientFunds);
}

TEST_F(TestProviderAuthorize, UnreachableIsAnErrorThatPromisesNothingHappened) {
  const auto answer = authorize(payment(card("4242424242424242"), 90080));

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Error::Kind::kUnreachable);
  EXPECT_TRUE(std::holds_alternative<NotFound>(looked_up(90080)));
}

TEST_F(TestProviderLookup, SilentAmountsEndEachInTheirOwnWay) {
  for (const std::int64_t minor : {90070, 90071, 90072, 90073}) {
    const auto answer = authorize(payment(card("4242424242424242"), minor));
    ASSERT_TRUE(std::holds_alternative<InDoubt>(*answer)) << minor;
  }
  EXPECT_EQ(std::get<Approved>(looked_up(90070)).reference, "test_att_1");
  EXPECT_TRUE(std::holds_alternative<NotFound>(looked_up(90071)));
  EXPECT_EQ(std::get<Declined>(looked_up(90072)).reason, DeclineReason::kInsufficientFunds);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(looked_up(90073))) << "never settles by itself";
}

TEST_F(TestProviderLookup, AgreesWithTheAnswerThatWasLost) {
  EXPECT_EQ(std::get<Approved>(looked_up(1200)).reference, "test_att_1");
  EXPECT_EQ(std::get<Declined>(looked_up(90005)).reason, DeclineReason::kDoNotHonor);
}

TEST_F(TestProviderModify, CapturesVoidsAndRefundsFollowTheAmountAndTheirLookupsAgree) {
  const auto refund = [this](std::int64_t minor) {
    const RefundRequest request{"att_1", "pay_1", "test_att_0", "test_att_0", euros(minor), "", Instant()};
    return provider_.refund(request, door_).run();
  };
  const auto lookup = [this](std::int64_t minor) {
    const LookupRequest request = question(LookupRequest::Of::kRefund, euros(minor));
    return *provider_.lookup_modification(request, door_).run();
  };

  EXPECT_EQ(std::get<Accepted>(*refund(500)).reference, "test_att_1");
  EXPECT_EQ(std::get<Accepted>(lookup(500)).reference, "test_att_1");
  EXPECT_EQ(std::get<Declined>(*refund(90061)).reason, DeclineReason::kLimitExceeded);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*refund(90071)));
  EXPECT_TRUE(std::holds_alternative<NotFound>(lookup(90071)));
  EXPECT_EQ(refund(90080).error().kind, Error::Kind::kUnreachable);

  const VoidRequest undo{"att_2", "pay_1", "test_att_0", euros(500), Instant()};
  EXPECT_EQ(std::get<Accepted>(*provider_.void_payment(undo, door_).run()).reference, "test_att_2");
}

TEST(TestProviderFee, IsRoundedHalfToEvenAndChargedOnCaptureAlone) {
  ClosedDoor door;
  TestProvider provider(Settings(Json{{"fee_per_mille", 29}, {"fee_fixed_minor", 30}}, {}));

  const AuthorizeRequest sale = payment(card("4242424242424242"), 500);  // 14.5 rounds to 14, and 30.
  const auto answer = provider.authorize(sale, door).run();
  EXPECT_EQ(std::get<Approved>(*answer).fee, euros(44));

  AuthorizeRequest hold = sale;
  hold.capture = false;
  const auto held = provider.authorize(hold, door).run();
  EXPECT_FALSE(std::get<Approved>(*held).fee) << "nothing is taken, so nothing is kept";

  const CaptureRequest part{"att_2", "pay_1", "test_att_1", euros(1000), euros(0), false, Instant()};
  EXPECT_EQ(std::get<Accepted>(*provider.capture(part, door).run()).fee, euros(59));
}
}  // namespace
