// What is special to charging through Square: payment tokens only, one exchange, and which refusals are no
// answer. What every provider must do is in tests/conformance; answers here are recordings.
#include <cstdlib>
#include <filesystem>
#include <set>

#include "amounts.hpp"
#include "square_fixture.hpp"

namespace florin::square {
namespace {

AuthorizeRequest twelve_euros(const std::string& token = "cnon:from-the-browser") {
  AuthorizeRequest request = test_support::sale(test_support::provider_token(token), Money(1200, kEuro));
  request.description = "Two books";
  request.now = kNow;
  return request;
}

TEST(SquareAuthorize, ChargesTheTokenInOneExchangeUnderTheAttemptsName) {
  ScriptedHttp http;
  http.answers(200, recorded("square", "payment_completed"));

  const auto result = provider().authorize(twelve_euros(), http).run();

  ASSERT_TRUE(result);
  const auto& approved = std::get<Approved>(*result);
  EXPECT_EQ(approved.reference, kPayment);
  EXPECT_EQ(approved.capture_reference, kPayment);
  EXPECT_TRUE(approved.captured);
  EXPECT_EQ(approved.fee, Money(64, kEuro));
  ASSERT_EQ(http.sent.size(), 1u);
  EXPECT_EQ(http.sent[0].path, "/v2/payments");
  EXPECT_EQ(header(http.sent[0], "Authorization"), "Bearer sq0atp-1");
  EXPECT_EQ(header(http.sent[0], "Square-Version"), "2025-08-20");
  EXPECT_EQ(*parse_json(http.sent[0].body), (Json{{"source_id", "cnon:from-the-browser"},
                                                  {"idempotency_key", "att_1"},
                                                  {"reference_id", "att_1"},
                                                  {"amount_money", {{"amount", 1200}, {"currency", "EUR"}}},
                                                  {"autocomplete", true},
                                                  {"location_id", "L88917AVBK2S5"},
                                                  {"note", "Two books"}}));
}

TEST(SquareAuthorize, APaymentThatIsOnlyApprovedIsHeld) {
  ScriptedHttp http;
  http.answers(200, recorded("square", "payment_approved"));
  AuthorizeRequest request = twelve_euros();
  request.capture = false;

  const auto result = provider().authorize(request, http).run();

  ASSERT_TRUE(result);
  EXPECT_FALSE(std::get<Approved>(*result).captured);
  EXPECT_NE(http.sent[0].body.find("\"autocomplete\":false"), std::string::npos);
}

TEST(SquareAuthorize, WhatIsNoTokenOfThePaymentFormNeverLeaves) {
  for (const std::string token :
       {"CASH", "EXTERNAL", "ccof:customer-card-id-ok", "bnon:bank-nonce-ok", "4111111111111111", ""}) {
    ScriptedHttp http;

    const auto result = provider().authorize(twelve_euros(token), http).run();

    ASSERT_FALSE(result) << token;
    EXPECT_EQ(result.error().param, "payment_method");
    EXPECT_TRUE(http.sent.empty()) << token << ": Square would note CASH and EXTERNAL down as paid";
  }
}

TEST(SquareAuthorize, AnotherCurrencyThanTheLocationsNeverLeaves) {
  ScriptedHttp http;
  AuthorizeRequest request = twelve_euros();
  request.amount = Money(1200, Currency::of("USD"));

  const auto result = provider().authorize(request, http).run();

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().param, "currency");
  EXPECT_TRUE(http.sent.empty());
}

TEST(SquareAuthorize, APhoneThatSquareWouldRefuseIsLeftOutAndALongNoteIsCutBetweenCharacters) {
  AuthorizeRequest request = twelve_euros();
  request.customer.phone = "call me";
  request.description = std::string(499, 'x') + "é";

  const auto ask = create_payment(request, config());

  ASSERT_TRUE(ask);
  const Json body = *parse_json(ask->body);
  EXPECT_FALSE(body.contains("buyer_phone_number"));
  EXPECT_EQ(text_at(body, "note"), std::string(499, 'x'));
  request.customer.phone = "+351 210-000.000";
  EXPECT_EQ(text_at(*parse_json(create_payment(request, config())->body), "buyer_phone_number"),
            "+351 210-000.000");
}

TEST(SquareAuthorize, ADeclinedCardHasItsReasonAndNoFurtherWords) {
  ScriptedHttp http;
  http.answers(402, recorded("square", "payment_declined"));

  const auto result = provider().authorize(twelve_euros(), http).run();

  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<Declined>(*result).reason, DeclineReason::kInsufficientFunds);
  EXPECT_EQ(std::get<Declined>(*result).provider_code, "INSUFFICIENT_FUNDS");
}

TEST(SquareAuthorize, AnUnknownCodeAmongDeclinesIsADeclineAndAnUnknownCategoryIsInDoubt) {
  ScriptedHttp known, unknown;
  known.answers(402, refusal("PAYMENT_METHOD_ERROR", "MOOD_OF_NEXT_YEAR"));
  unknown.answers(402, refusal("MOOD_ERROR", "MOOD_OF_NEXT_YEAR"));

  EXPECT_EQ(std::get<Declined>(*provider().authorize(twelve_euros(), known).run()).reason,
            DeclineReason::kOther);
  EXPECT_TRUE(std::holds_alternative<InDoubt>(*provider().authorize(twelve_euros(), unknown).run()));
}

TEST(SquareAuthorize, ARefusalThatMayBeAboutOurOwnFirstRequestIsInDoubt) {
  for (const auto& [category, code] : {std::pair{"INVALID_REQUEST_ERROR", "CARD_TOKEN_USED"},
                                       std::pair{"INVALID_REQUEST_ERROR", "IDEMPOTENCY_KEY_REUSED"},
                                       std::pair{"PAYMENT_METHOD_ERROR", "TEMPORARY_ERROR"},
                                       std::pair{"INVALID_REQUEST_ERROR", "CONFLICT"}}) {
    ScriptedHttp http;
    http.answers(400, refusal(category, code));

    const auto result = provider().authorize(twelve_euros(), http).run();

    ASSERT_TRUE(result) << code << ": an Error would let the kernel charge elsewhere";
    EXPECT_TRUE(std::holds_alternative<InDoubt>(*result)) << code;
  }
}

TEST(SquareAuthorize, SilenceAndWhatCannotBeReadIsInDoubt) {
  for (const int status : {0, 408, 409, 500, 503, 200}) {
    ScriptedHttp http;
    if (status == 0)
      http.fails(Error::Kind::kTimedOut);
    else
      http.answers(status, "<html>");

    const auto result = provider().authorize(twelve_euros(), http).run();

    ASSERT_TRUE(result) << status;
    EXPECT_TRUE(std::holds_alternative<InDoubt>(*result)) << status;
  }
}

TEST(SquareAuthorize, AStatusOfAnotherYearOrAnotherAmountIsInDoubtUnderThePaymentsName) {
  for (const std::string& body : {with("payment_completed", "/payment/status", "LUCKY"),
                                  with("payment_completed", "/payment/total_money/amount", 1300),
                                  with("payment_completed", "/payment/total_money/currency", "USD")}) {
    ScriptedHttp http;
    http.answers(200, body);

    const auto result = provider().authorize(twelve_euros(), http).run();

    ASSERT_TRUE(result);
    ASSERT_TRUE(std::holds_alternative<InDoubt>(*result));
    EXPECT_EQ(std::get<InDoubt>(*result).reference, kPayment);
  }
}

TEST(SquareAuthorize, ATokenThatSquareDoesNotKnowOrThatHasExpiredIsTheCallersFault) {
  for (const auto& [status, code, field] :
       {std::tuple{404, "NOT_FOUND", "source_id"}, std::tuple{400, "CARD_TOKEN_EXPIRED", ""}}) {
    ScriptedHttp http;
    http.answers(status, refusal("INVALID_REQUEST_ERROR", code, field));

    const auto result = provider().authorize(twelve_euros(), http).run();

    ASSERT_FALSE(result) << code;
    EXPECT_EQ(result.error().kind, Error::Kind::kInvalid);
    EXPECT_EQ(result.error().param, "payment_method");
    EXPECT_EQ(result.error().message.find("from-the-browser"), std::string::npos)
        << "a token is in no message";
  }
}

TEST(SquareDeclines, EveryCodeOfTheContractAboutPaymentMethodsAndRefundsHasAReason) {
  const char* given = std::getenv("FLORIN_SHARED");
  const std::filesystem::path beside = std::filesystem::path(FLORIN_SOURCE_DIR).parent_path() / "shared";
  const auto contract = (given != nullptr && *given != '\0' ? std::filesystem::path(given) : beside) /
                        "contracts/square/api.trimmed.json";
  if (!std::filesystem::exists(contract)) GTEST_SKIP() << "no ../shared/contracts here: set FLORIN_SHARED";
  const Json api = Json::parse(test_support::read_text_file(contract.string()));
  std::size_t seen = 0;
  for (const Json& code : api.at("/components/schemas/ErrorCode/x-enum-elements"_json_pointer)) {
    const std::string category = text_at(code, "error-category"), name = text_at(code, "name");
    if (category != "PAYMENT_METHOD_ERROR" && category != "REFUND_ERROR") continue;
    ++seen;
    EXPECT_TRUE(reason_of(name) != DeclineReason::kOther || may_have_acted(name)) << name;
  }
  EXPECT_GT(seen, 40u);
}

TEST(SquareDeclines, EveryCodeHasOneReasonAndAnUnknownOneIsOther) {
  std::set<std::string_view> seen;
  for (const DeclineCode& each : decline_codes()) {
    EXPECT_TRUE(seen.insert(each.code).second) << each.code << " stands twice";
    EXPECT_NE(each.reason, DeclineReason::kOther) << each.code;
    EXPECT_FALSE(may_have_acted(each.code)) << each.code;
  }
  EXPECT_EQ(reason_of("A_CODE_OF_NEXT_YEAR"), DeclineReason::kOther);
}

TEST(SquareAmounts, EveryCurrencyOfTheDescriptorIsKnownToFlorinAndCountedAsIsoDoes) {
  for (const std::string& code : currencies()) {
    const auto currency = Currency::parse(code);
    ASSERT_TRUE(currency) << code;
    EXPECT_EQ(currency->exponent(), code == "JPY" ? 0 : 2) << code;
  }
}

}  // namespace
}  // namespace florin::square
