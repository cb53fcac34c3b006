// What is special to Square after the charge: look-ups through lists that lag, captures that name no amount,
// and refunds that carry their attempt in a sentence.
#include "square_fixture.hpp"

namespace florin::square {
namespace {

LookupRequest what_became_of(LookupRequest::Of of, std::chrono::seconds age,
                             const std::string& reference = "") {
  LookupRequest request = test_support::question(of, Money(1200, kEuro));
  request.reference = reference;
  request.started = kNow;
  request.now = kNow + age;
  return request;
}
CaptureRequest capture_of(std::int64_t minor) {
  return {"att_2", "pay_1", kPayment, Money(minor, kEuro), Money::zero(kEuro), true, kNow};
}

TEST(SquareLookup, FindsThePaymentOfTheAttemptInTheListOfItsTimeAmountAndLocation) {
  ScriptedHttp http;
  http.answers(200, R"({"payments":[],"cursor":"next page"})")
      .answers(200, recorded("square", "payment_list"));

  const auto result =
      provider().lookup(what_became_of(LookupRequest::Of::kAuthorize, std::chrono::seconds(1)), http).run();

  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<Approved>(*result).reference, kPayment);
  EXPECT_EQ(
      http.sent[0].path,
      "/v2/payments?begin_time=2023-11-14T21%3A13%3A20.000Z&location_id=L88917AVBK2S5&limit=100&total=1200");
  EXPECT_NE(http.sent[1].path.find("&cursor=next%20page"), std::string::npos);
}

TEST(SquareLookup, TheListEndsAtSquaresOwnNowUnlessTheOperationIsLongAgo) {
  const auto of = LookupRequest::Of::kAuthorize;

  const HttpRequest soon = list_payments(what_became_of(of, std::chrono::hours(2)), "", config());
  const HttpRequest late = list_payments(what_became_of(of, std::chrono::hours(3)), "", config());

  EXPECT_EQ(soon.path.find("end_time"), std::string::npos) << "our clock may be behind Square's";
  EXPECT_NE(late.path.find("&end_time=2023-11-14T23%3A13%3A20.000Z&"), std::string::npos);
}

TEST(SquareLookup, WhatAFreshListDoesNotShowProvesNothingAndIsNotTouched) {
  ScriptedHttp http;
  http.answers(200, "{}");

  const auto result =
      provider().lookup(what_became_of(LookupRequest::Of::kAuthorize, std::chrono::seconds(19)), http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*result));
  EXPECT_EQ(http.sent.size(), 1u);
}

TEST(SquareLookup, WhatASettledListDoesNotShowIsVoidedByItsKeyBeforeItCountsAsNothing) {
  ScriptedHttp http;
  http.answers(200, "{}").answers(200, "{}");

  const auto result =
      provider().lookup(what_became_of(LookupRequest::Of::kAuthorize, std::chrono::seconds(21)), http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<NotFound>(*result));
  EXPECT_EQ(http.sent[1].path, "/v2/payments/cancel");
  EXPECT_EQ(http.sent[1].body, R"({"idempotency_key":"att_1"})");
}

TEST(SquareLookup, WhatSquareWillNotVoidByItsKeyStaysInDoubt) {
  for (const int status : {400, 503}) {
    ScriptedHttp http;
    http.answers(200, "{}").answers(status, refusal("INVALID_REQUEST_ERROR", "BAD_REQUEST"));

    const auto result =
        provider().lookup(what_became_of(LookupRequest::Of::kAuthorize, std::chrono::hours(1)), http).run();

    EXPECT_TRUE(!result || std::holds_alternative<InDoubt>(*result)) << status;
  }
}

TEST(SquareLookup, ACanceledPaymentHoldsNothing) {
  ScriptedHttp http;
  http.answers(200, recorded("square", "payment_canceled"));

  const auto result =
      provider()
          .lookup(what_became_of(LookupRequest::Of::kAuthorize, std::chrono::seconds(1), kPayment), http)
          .run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<NotFound>(*result));
}

TEST(SquareLookup, FindsARefundByTheAttemptAtTheEndOfItsReason) {
  ScriptedHttp http;
  http.answers(200, recorded("square", "refund_list"));
  LookupRequest request = what_became_of(LookupRequest::Of::kRefund, std::chrono::seconds(1), kPayment);
  request.attempt_id = "att_2";
  request.amount = Money(500, kEuro);

  const auto result = provider().lookup_modification(request, http).run();

  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<Accepted>(*result).reference, kPayment + "_KlWP8IC1557ddwc9QWTKrCVU6m0JXDz15R2Qym5eQfR");
}

TEST(SquareLookup, ARefundThatIsNotListedIsNoProofBeforeTheListHasSettled) {
  ScriptedHttp soon, later;
  soon.answers(200, "{}");
  later.answers(200, "{}");
  const auto of = LookupRequest::Of::kRefund;

  const auto early =
      provider().lookup_modification(what_became_of(of, std::chrono::seconds(19), kPayment), soon).run();
  const auto settled =
      provider().lookup_modification(what_became_of(of, std::chrono::seconds(21), kPayment), later).run();

  EXPECT_TRUE(std::holds_alternative<InDoubt>(*early));
  EXPECT_TRUE(std::holds_alternative<NotFound>(*settled));
}

TEST(SquareCapture, LooksAtTheHeldAmountAndCompletesIt) {
  ScriptedHttp http;
  http.answers(200, recorded("square", "payment_approved"))
      .answers(200, recorded("square", "payment_completed"));

  const auto result = provider().capture(capture_of(1200), http).run();

  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<Accepted>(*result).reference, kPayment);
  ASSERT_EQ(http.sent.size(), 2u);
  EXPECT_EQ(http.sent[0].method, "GET");
  EXPECT_EQ(http.sent[1].path, "/v2/payments/" + kPayment + "/complete");
}

TEST(SquareCapture, APartIsTakenByLoweringTheAmountFirst) {
  ScriptedHttp http;
  const std::string smaller = with("payment_approved", "/payment/total_money/amount", 500);
  http.answers(200, recorded("square", "payment_approved"))
      .answers(200, smaller)
      .answers(200, with("payment_completed", "/payment/total_money/amount", 500));

  const auto result = provider().capture(capture_of(500), http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<Accepted>(*result));
  EXPECT_EQ(http.sent[1].method, "PUT");
  EXPECT_EQ(
      http.sent[1].body,
      R"({"idempotency_key":"att_2-amount","payment":{"amount_money":{"amount":500,"currency":"EUR"}}})");
}

TEST(SquareCapture, NothingIsCompletedUnlessTheLowerAmountIsCertain) {
  for (const int status : {503, 400, 200}) {
    ScriptedHttp http;
    http.answers(200, recorded("square", "payment_approved"))
        .answers(status, recorded("square", "payment_approved"));

    const auto result = provider().capture(capture_of(500), http).run();

    EXPECT_FALSE(result) << status << ": the whole amount would have been taken";
    EXPECT_EQ(http.sent.size(), 2u);
  }
}

TEST(SquareCapture, MoreThanIsHeldOrWhatCannotBeLoweredIsDeclinedBeforeAnythingIsTaken) {
  ScriptedHttp more, fixed;
  more.answers(200, recorded("square", "payment_approved"));
  fixed.answers(200, with("payment_approved", "/payment/capabilities", Json::array()));

  EXPECT_EQ(std::get<Declined>(*provider().capture(capture_of(1201), more).run()).reason,
            DeclineReason::kAmountInvalid);
  EXPECT_EQ(std::get<Declined>(*provider().capture(capture_of(500), fixed).run()).reason,
            DeclineReason::kNotPermitted);
}

TEST(SquareCapture, ARefusalBecauseItIsCapturedAlreadyIsJudgedByThePaymentItself) {
  ScriptedHttp http;
  http.answers(200, recorded("square", "payment_approved"))
      .answers(400, refusal("INVALID_REQUEST_ERROR", "DELAYED_TRANSACTION_CAPTURED"))
      .answers(200, recorded("square", "payment_completed"));

  const auto result = provider().capture(capture_of(1200), http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<Accepted>(*result)) << "our first request had arrived";
}

TEST(SquareCapture, ARefusalWithoutASightOfThePaymentIsInDoubt) {
  ScriptedHttp http;
  http.answers(200, recorded("square", "payment_approved"))
      .answers(400, refusal("INVALID_REQUEST_ERROR", "BAD_REQUEST"))
      .answers(503, "");

  const auto result = provider().capture(capture_of(1200), http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*result));
}

TEST(SquareVoid, WhatIsVoidedAlreadyIsAcceptedAndWhatIsCapturedIsDeclined) {
  const VoidRequest request{"att_2", "pay_1", kPayment, Money(1200, kEuro), kNow};
  ScriptedHttp voided, captured;
  voided.answers(400, refusal("INVALID_REQUEST_ERROR", "DELAYED_TRANSACTION_CANCELED"))
      .answers(200, recorded("square", "payment_canceled"));
  captured.answers(400, refusal("INVALID_REQUEST_ERROR", "BAD_REQUEST"))
      .answers(200, recorded("square", "payment_completed"));

  EXPECT_TRUE(std::holds_alternative<Accepted>(*provider().void_payment(request, voided).run()));
  EXPECT_TRUE(std::holds_alternative<Declined>(*provider().void_payment(request, captured).run()));
}

TEST(SquareRefund, CarriesTheAttemptInItsReasonAndIsPendingUntilAWebhookSaysMore) {
  ScriptedHttp http;
  http.answers(200, recorded("square", "refund_pending"));
  const RefundRequest request{
      "att_2", "pay_1", kPayment, kPayment, Money(500, kEuro), "requested_by_customer", kNow};

  const auto result = provider().refund(request, http).run();

  ASSERT_TRUE(result);
  EXPECT_TRUE(std::get<Accepted>(*result).pending);
  EXPECT_EQ(text_at(*parse_json(http.sent[0].body), "reason"), "Requested by customer (att_2)");
}

TEST(SquareRefund, APendingRefundInTheWayMayBeOurOwnAndIsInDoubt) {
  ScriptedHttp http;
  http.answers(400, refusal("REFUND_ERROR", "REFUND_ALREADY_PENDING"));
  const RefundRequest request{"att_2", "pay_1", kPayment, kPayment, Money(500, kEuro), "", kNow};

  EXPECT_TRUE(std::holds_alternative<InDoubt>(*provider().refund(request, http).run()));
}

}  // namespace
}  // namespace florin::square
